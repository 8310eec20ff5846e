// Saves the changes of a question's card without leaving the page: the server's next page replaces the parts that changed.
// Without this script the same forms load the page anew.

import { ourPage, showPage } from "./page.js";
import { announce } from "./watch.js";

const live = /** @type {HTMLElement} */ (document.querySelector('[data-live="saved"]'));
const { handle: handleLabel = "" } = live.dataset;
const { offline = "" } = document.body.dataset;

/** The control to press when the change under way is saved. @type {{card: string, value: string} | null} */
let next = null;
let busy = false;

/** How long a confirmation stays on a page of questions; the list of changes can undo it for ever. Milliseconds. */
const STAYS = 30_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

function fade() {
  if (live.matches(":hover, :focus-within")) fading = setTimeout(fade, STAYS);
  else live.replaceChildren();
}

/** @param {HTMLFormElement} form @param {FormData} data */
async function save(form, data) {
  busy = true;
  const focus = describeFocus();
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (data)) });
    const page = ourPage(await response.text());
    if (!page) throw new Error(String(response.status));
    if (response.ok && page.querySelector("[data-live]")) show(page, focus, response.url);
    else if (response.status === 422) showError(form, page);
    else showPage(page);
  } catch {
    announce(live, offline);
  } finally {
    busy = false;
    pressNext();
  }
}

/** @param {Document} page @param {ReturnType<typeof describeFocus>} focus @param {string} address */
function show(page, focus, address) {
  const card = document.getElementById(focus?.card ?? "");
  const top = card?.getBoundingClientRect().top;
  const open = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.getAttribute("data-live")}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  history.replaceState(null, "", address.replace(/#.*/, ""));
  addHandles();
  restoreFocus(focus);
  clearTimeout(fading);
  fading = setTimeout(fade, STAYS);
  const moved = document.getElementById(focus?.card ?? "");
  if (moved && top !== undefined) scrollBy(0, moved.getBoundingClientRect().top - top);
}

/** Shows why the points of a card were not saved, beside their field. @param {HTMLFormElement} form @param {Document} page */
function showError(form, page) {
  live.replaceChildren();
  const reason = page.querySelector(".field-error")?.textContent?.trim() ?? "";
  const field = form.querySelector('input[name="points"]');
  form.querySelector(".field-error")?.remove();
  const message = document.createElement("p");
  message.className = "field-error";
  message.id = `error-${field?.id ?? "form"}`;
  message.setAttribute("role", "alert");
  message.textContent = reason;
  form.append(message);
  field?.setAttribute("aria-invalid", "true");
  field?.setAttribute("aria-describedby", message.id);
  /** @type {HTMLElement | null} */ (field)?.focus();
}

function describeFocus() {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || !element.closest("[data-live]")) return null;
  const value = element instanceof HTMLButtonElement ? element.value : element.getAttribute("name");
  return { card: element.closest("li.question")?.id ?? "", value: value ?? "" };
}

/** @param {ReturnType<typeof describeFocus>} focus */
function restoreFocus(focus) {
  if (!focus) return;
  const card = focus.card ? document.getElementById(focus.card) : document.querySelector("#changes summary");
  const opposite = { leave_out: "take_back", take_back: "leave_out" }[focus.value];
  const wanted = [focus.value, opposite].map((value) => value && `[value="${value}"], [name="${value}"]`).filter(Boolean);
  const control = wanted.map((selector) => card?.querySelector(/** @type {string} */ (selector))).find(Boolean);
  const target = control ?? card?.querySelector("button, a") ?? card ?? document.getElementById("main");
  /** @type {HTMLElement | null | undefined} */ (target)?.focus({ preventScroll: true });
}

function pressNext() {
  if (!next) return;
  const { card, value } = next;
  next = null;
  /** @type {HTMLButtonElement | null} */ (document.getElementById(card)?.querySelector(`[value="${value}"]`))?.click();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-change]")) return;
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (busy) {
      next = { card: form.closest("li.question")?.id ?? "", value: button?.value ?? "" };
      return;
    }
    save(form, new FormData(form, button));
  },
  // Before the listener that disables the buttons of a form that leaves the page.
  true,
);

// Dragging by the handle. The buttons "Move up" and "Move down" do the same for the keyboard.

/** @type {{card: HTMLElement, target: HTMLElement | null, before: boolean} | null} */
let drag = null;

function addHandles() {
  for (const card of document.querySelectorAll("li.question[data-question]")) {
    const form = card.querySelector("form.edit-row");
    if (!form || card.querySelector(".handle")) continue;
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.title = handleLabel;
    handle.setAttribute("aria-hidden", "true");
    handle.textContent = "⠿";
    handle.addEventListener("pointerdown", (event) => startDrag(event, /** @type {HTMLElement} */ (card)));
    card.querySelector(".question-head")?.prepend(handle);
  }
}

/** @param {PointerEvent} event @param {HTMLElement} card */
function startDrag(event, card) {
  if (event.button !== 0 || busy) return;
  event.preventDefault();
  drag = { card, target: null, before: false };
  card.classList.add("dragging");
  document.addEventListener("pointermove", moveDrag);
  document.addEventListener("pointerup", endDrag, { once: true });
  document.addEventListener("pointercancel", cancelDrag, { once: true });
  document.addEventListener("keydown", cancelWithEscape);
}

/** @param {PointerEvent} event */
function moveDrag(event) {
  if (!drag) return;
  const edge = 48;
  if (event.clientY < edge) scrollBy(0, -16);
  else if (event.clientY > innerHeight - edge) scrollBy(0, 16);
  clearMarks();
  const below = document.elementFromPoint(event.clientX, event.clientY)?.closest("li.question");
  if (!(below instanceof HTMLElement) || below === drag.card) return void (drag.target = null);
  const box = below.getBoundingClientRect();
  drag.target = below;
  drag.before = event.clientY < box.top + box.height / 2;
  below.classList.add(drag.before ? "drop-before" : "drop-after");
}

function endDrag() {
  const done = drag;
  cancelDrag();
  if (!done?.target) return;
  const form = /** @type {HTMLFormElement} */ (done.card.querySelector("form.edit-row"));
  const data = new FormData(form);
  data.set("do", "move");
  data.set("after", placeAfter(done.target, done.before, done.card));
  save(form, data);
}

/** Returns the question behind which to put the dragged one. @param {HTMLElement} target @param {boolean} before @param {HTMLElement} card */
function placeAfter(target, before, card) {
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
  document.removeEventListener("keydown", cancelWithEscape);
}

/** @param {KeyboardEvent} event */
function cancelWithEscape(event) {
  if (event.key === "Escape") cancelDrag();
}

function clearMarks() {
  for (const card of document.querySelectorAll(".drop-before, .drop-after")) card.classList.remove("drop-before", "drop-after");
}

addHandles();
