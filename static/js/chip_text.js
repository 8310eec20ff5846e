// The text of a field with chips, as characters and the markers of chips, such as ⟦1: formula⟧.

export const MARKER = /(⟦\s*\d+\s*(?::[^⟦⟧]*)?⟧)/;

/** @param {string} marker */
export const numberOf = (marker) => Number(/\d+/.exec(marker));
/** @param {string} token */
export const isMarker = (token) => token.length > 1;
/** Returns a text's characters and markers. @param {string} value */
export const tokensOf = (value) => value.split(MARKER).flatMap((part) => (MARKER.test(part) ? [part] : part.split("")));

/** Returns a changed text with each chip once: a chip that is new at a place has moved there, and one that is gone stays
 * where the change was. `kept` is the number of those, and
 * `place` where the caret is then.
 * @param {Map<number, string>} markers by number @param {string[]} changed @param {string[]} before @param {number} caret */
export function tidied(markers, changed, before, caret) {
  let start = 0;
  while (start < Math.min(changed.length, before.length, caret) && changed[start] === before[start]) start += 1;
  let end = 0;
  const most = Math.min(changed.length - Math.max(start, caret), before.length - start);
  while (end < most && changed.at(-1 - end) === before.at(-1 - end)) end += 1;
  const isNew = (/** @type {number} */ index) => index >= start && index < changed.length - end;
  const places = new Map();
  changed.forEach((token, index) => {
    if (isMarker(token) && (!places.has(numberOf(token)) || (isNew(index) && !isNew(places.get(numberOf(token)))))) places.set(numberOf(token), index);
  });
  const order = before.length ? before.filter(isMarker).map(numberOf) : [...markers.keys()];
  const lost = order.filter((number) => !places.has(number));
  const put = before.length ? Math.max(caret, start) : changed.length;
  const tokens = [];
  let place = 0;
  for (let index = 0; index <= changed.length; index += 1) {
    if (index === caret) place = tokens.length;
    if (index === put) tokens.push(...lost.map((number) => /** @type {string} */ (markers.get(number))));
    const token = changed[index];
    if (token === undefined) continue;
    const marker = isMarker(token) && markers.get(numberOf(token));
    if (!isMarker(token)) tokens.push(token);
    else if (marker && places.get(numberOf(token)) === index) tokens.push(marker);
  }
  return { tokens, place, kept: before.length ? lost.length : 0 };
}

/** @param {Node} node @returns {string} */
export function text(node) {
  if (node instanceof HTMLElement && node.dataset.marker) return node.dataset.marker;
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (node.nodeName === "BR") return node.nextSibling || node.parentNode?.nodeName === "SPAN" ? "\n" : "";
  const inner = [...node.childNodes].map(text).join("");
  const isLine = ["DIV", "P"].includes(node.nodeName) && node.previousSibling !== null && node instanceof HTMLElement && !node.classList.contains("editor");
  return isLine ? `\n${inner}` : inner;
}
