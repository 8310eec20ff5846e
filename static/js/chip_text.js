// The text of a field with chips, as characters and the markers of chips, such as ⟦1: formula⟧.

export const MARKER = /(⟦\s*\d+\s*(?::[^⟦⟧]*)?⟧)/;

/** @param {string} marker */
export const numberOf = (marker) => Number(/\d+/.exec(marker));
/** @param {string} token */
export const isMarker = (token) => token.length > 1;
/** Returns a text's characters and markers. @param {string} value */
export const tokensOf = (value) => value.split(MARKER).flatMap((part) => (MARKER.test(part) ? [part] : part.split("")));

/** Returns the part of a changed text that differs, from `start` to before `end`. The caret is never behind it.
 * @param {string[]} changed @param {string[]} before @param {number} caret */
function difference(changed, before, caret) {
  let start = 0;
  while (start < Math.min(changed.length, before.length, caret) && changed[start] === before[start]) start += 1;
  let common = 0;
  const maxCommon = Math.min(changed.length - Math.max(start, caret), before.length - start);
  while (common < maxCommon && changed.at(-1 - common) === before.at(-1 - common)) common += 1;
  return { start, end: changed.length - common };
}

/** Returns the index of each chip by its number. If a chip is there twice, the new place counts: it has moved there.
 * @param {string[]} tokens @param {{start: number, end: number}} changedPart @returns {Map<number, number>} */
function indexesOfChips(tokens, { start, end }) {
  const isNew = (/** @type {number} */ index) => index >= start && index < end;
  const indexes = new Map();
  for (const [index, token] of tokens.entries()) {
    if (!isMarker(token)) continue;
    const earlier = indexes.get(numberOf(token));
    if (earlier === undefined || (isNew(index) && !isNew(earlier))) indexes.set(numberOf(token), index);
  }
  return indexes;
}

/** Returns a changed text with each chip once: one that was deleted is put back where the change was. `restored` is the
 * number of those, and `caret` is where the caret is then.
 * @param {Map<number, string>} markers by number @param {string[]} changed @param {string[]} before @param {number} caret */
export function tidied(markers, changed, before, caret) {
  const changedPart = difference(changed, before, caret);
  const indexes = indexesOfChips(changed, changedPart);
  const numbers = before.length ? before.filter(isMarker).map(numberOf) : [...markers.keys()];
  const missing = numbers.filter((number) => !indexes.has(number));
  const restoreAt = before.length ? Math.max(caret, changedPart.start) : changed.length;
  const tokens = [];
  let newCaret = 0;
  for (let index = 0; index <= changed.length; index += 1) {
    if (index === caret) newCaret = tokens.length;
    if (index === restoreAt) tokens.push(...missing.map((number) => /** @type {string} */ (markers.get(number))));
    const token = changed[index];
    if (token === undefined) continue;
    const marker = isMarker(token) && markers.get(numberOf(token));
    if (!isMarker(token)) tokens.push(token);
    else if (marker && indexes.get(numberOf(token)) === index) tokens.push(marker);
  }
  return { tokens, caret: newCaret, restored: before.length ? missing.length : 0 };
}

/** Returns the text of an editor, with its chips as markers. @param {Node} node @returns {string} */
export function textOf(node) {
  if (node instanceof HTMLElement && node.dataset.marker) return node.dataset.marker;
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (node.nodeName === "BR") return node.nextSibling || node.parentNode?.nodeName === "SPAN" ? "\n" : "";
  const inner = [...node.childNodes].map(textOf).join("");
  const isLine = ["DIV", "P"].includes(node.nodeName) && node.previousSibling !== null && node instanceof HTMLElement && !node.classList.contains("editor");
  return isLine ? `\n${inner}` : inner;
}
