// Handles for dragging questions. The buttons "Move up" and "Move down" do the same for the keyboard.

/** @typedef {{label: string, canDrag: () => boolean, onDrop: (card: HTMLElement, after: string) => void}} Options
 * `onDrop` gets the id of the question after which to put the card; empty: before all others. */

/** Pixels from the upper or lower edge of the window within which dragging scrolls the page. */
const SCROLL_EDGE = 48;
const SCROLL_STEP = 16;

/** @type {{card: HTMLElement, target: HTMLElement | null, before: boolean, onDrop: Options["onDrop"]} | null} */
let drag = null;

/** Adds a handle to each card that can be moved and has none yet. @param {Options} options */
export function addHandles(options) {
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("li.question[data-question]"))) {
    if (!card.querySelector("form.edit-row") || card.querySelector(".handle")) continue;
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.title = options.label;
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    handle.addEventListener("pointerdown", (event) => startDrag(event, card, options));
    card.querySelector(".question-head")?.prepend(handle);
  }
}

/** @param {PointerEvent} event @param {HTMLElement} card @param {Options} options */
function startDrag(event, card, { canDrag, onDrop }) {
  if (event.button !== 0 || !canDrag()) return;
  event.preventDefault();
  drag = { card, target: null, before: false, onDrop };
  card.classList.add("dragging");
  document.addEventListener("pointermove", moveDrag);
  document.addEventListener("pointerup", endDrag, { once: true });
  document.addEventListener("pointercancel", cancelDrag, { once: true });
  document.addEventListener("keydown", cancelWithEscape);
}

/** @param {PointerEvent} event */
function moveDrag(event) {
  if (!drag) return;
  if (event.clientY < SCROLL_EDGE) scrollBy(0, -SCROLL_STEP);
  else if (event.clientY > innerHeight - SCROLL_EDGE) scrollBy(0, SCROLL_STEP);
  clearMarks();
  const below = document.elementFromPoint(event.clientX, event.clientY)?.closest("li.question");
  if (!(below instanceof HTMLElement) || below === drag.card) {
    drag.target = null;
    return;
  }
  const box = below.getBoundingClientRect();
  drag.target = below;
  drag.before = event.clientY < box.top + box.height / 2;
  below.classList.add(drag.before ? "drop-before" : "drop-after");
}

function endDrag() {
  const ended = drag;
  cancelDrag();
  if (ended?.target) ended.onDrop(ended.card, questionBefore(ended.target, ended.before, ended.card));
}

/** Returns the question after which to put the dragged one. @param {HTMLElement} target @param {boolean} before @param {HTMLElement} card */
function questionBefore(target, before, card) {
  if (!before) return target.dataset.question ?? "";
  let previous = target.previousElementSibling;
  if (previous === card) previous = card.previousElementSibling;
  return previous instanceof HTMLElement ? (previous.dataset.question ?? "") : (target.parentElement?.dataset.previous ?? "");
}

function cancelDrag() {
  drag?.card.classList.remove("dragging");
  drag = null;
  clearMarks();
  document.removeEventListener("pointermove", moveDrag);
  document.removeEventListener("pointerup", endDrag);
  document.removeEventListener("pointercancel", cancelDrag);
  document.removeEventListener("keydown", cancelWithEscape);
}

/** @param {KeyboardEvent} event */
function cancelWithEscape(event) {
  if (event.key === "Escape") cancelDrag();
}

function clearMarks() {
  for (const card of document.querySelectorAll(".drop-before, .drop-after")) card.classList.remove("drop-before", "drop-after");
}
