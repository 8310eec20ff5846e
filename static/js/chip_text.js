// The text of a field with chips, as characters and the signs of chips, such as ⟦1: formula⟧.

export const SIGN = /(⟦\s*\d+\s*(?::[^⟦⟧]*)?⟧)/;

/** @param {string} sign */
export const numberOf = (sign) => Number(/\d+/.exec(sign));
/** @param {string} token */
export const isSign = (token) => token.length > 1;
/** Returns a text's characters and signs. @param {string} value */
export const tokensOf = (value) => value.split(SIGN).flatMap((part) => (SIGN.test(part) ? [part] : part.split("")));

/** Returns a changed text with each chip once: a chip that is new at a place has moved there, and one that is gone stays
 * where the change was. `kept` is the number of those, and
 * `place` where the caret is then.
 * @param {Map<number, string>} signs by number @param {string[]} changed @param {string[]} before @param {number} caret */
export function tidied(signs, changed, before, caret) {
  let start = 0;
  while (start < Math.min(changed.length, before.length, caret) && changed[start] === before[start]) start += 1;
  let end = 0;
  const most = Math.min(changed.length - Math.max(start, caret), before.length - start);
  while (end < most && changed.at(-1 - end) === before.at(-1 - end)) end += 1;
  const isNew = (/** @type {number} */ index) => index >= start && index < changed.length - end;
  const places = new Map();
  changed.forEach((token, index) => {
    if (isSign(token) && (!places.has(numberOf(token)) || (isNew(index) && !isNew(places.get(numberOf(token)))))) places.set(numberOf(token), index);
  });
  const order = before.length ? before.filter(isSign).map(numberOf) : [...signs.keys()];
  const lost = order.filter((number) => !places.has(number));
  const put = before.length ? Math.max(caret, start) : changed.length;
  const tokens = [];
  let place = 0;
  for (let index = 0; index <= changed.length; index += 1) {
    if (index === caret) place = tokens.length;
    if (index === put) tokens.push(...lost.map((number) => /** @type {string} */ (signs.get(number))));
    const token = changed[index];
    if (token === undefined) continue;
    const sign = isSign(token) && signs.get(numberOf(token));
    if (!isSign(token)) tokens.push(token);
    else if (sign && places.get(numberOf(token)) === index) tokens.push(sign);
  }
  return { tokens, place, kept: before.length ? lost.length : 0 };
}

/** @param {Node} node @returns {string} */
export function text(node) {
  if (node instanceof HTMLElement && node.dataset.sign) return node.dataset.sign;
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (node.nodeName === "BR") return node.nextSibling || node.parentNode?.nodeName === "SPAN" ? "\n" : "";
  const inner = [...node.childNodes].map(text).join("");
  const isLine = ["DIV", "P"].includes(node.nodeName) && node.previousSibling !== null && node instanceof HTMLElement && !node.classList.contains("editor");
  return isLine ? `\n${inner}` : inner;
}
