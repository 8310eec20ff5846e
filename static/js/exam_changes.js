// Saves the changes of a question's card without leaving the page: parts of the server's next page replace those of this
// one. Without this script, the same forms load the whole page.

import { addHandles } from "./drag_handles.js";
import { ourPage, showPage } from "./page.js";
import { announce } from "./watch.js";

const live = /** @type {HTMLElement} */ (document.querySelector('[data-live="saved"]'));
const { handle: handleLabel = "" } = live.dataset;
const { offline = "" } = document.body.dataset;

/** Actions for after the change that is being saved. Those that leave the page are dropped if it is refused.
 * @type {{act: () => void, leaves?: boolean}[]} */
let waiting = [];
let busy = false;
/** The field whose points are being saved. @type {{id: string, value: string} | null} */
let sent = null;
/** Resolves when no pointer is down: a button that is replaced under the pointer would lose its click. */
let released = Promise.resolve();

/** Milliseconds for which a confirmation stays; the list of changes has its "Undo" for as long as the exam exists. */
const CONFIRMATION_TIME = 30_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let confirmationTimer;

function hideConfirmation() {
  if (live.matches(":hover, :focus-within")) confirmationTimer = setTimeout(hideConfirmation, CONFIRMATION_TIME);
  else live.replaceChildren();
}

/** @param {HTMLFormElement} form @param {FormData} data */
async function save(form, data) {
  busy = true;
  const field = pointsOf(form);
  sent = data.get("do") === "points" && field ? { id: field.id, value: field.value } : null;
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (data)), keepalive: true });
    const page = ourPage(await response.text());
    if (!page) throw new Error(String(response.status));
    await released;
    const focus = describeFocus();
    if (response.ok && page.querySelector("[data-live]")) return show(page, focus, response.url);
    waiting = waiting.filter(({ leaves }) => !leaves);
    return response.status === 422 ? showError(form, page) : showPage(page);
  } catch {
    waiting = [];
    return announce(live, offline);
  } finally {
    busy = false;
    sent = null;
    while (!busy && waiting.length) waiting.shift()?.act();
  }
}

/** Replaces the parts of this page that the server's next page has, and keeps what the teacher is doing.
 * @param {Document} page @param {ReturnType<typeof describeFocus>} focus @param {string} address */
function show(page, focus, address) {
  const card = document.getElementById(focus?.card ?? "");
  const top = card?.getBoundingClientRect().top;
  // Points that were typed but not sent stay in their fields.
  const typed = unsavedPoints().filter((field) => !isSent(field));
  const errors = typed.map((field) => field.form?.querySelector(".field-error"));
  const open = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.getAttribute("data-live")}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [index, { id, value }] of typed.entries()) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    if (field) field.value = value;
    if (field && errors[index]) placeError(field, errors[index]);
  }
  history.replaceState(null, "", address.replace(/#.*/, ""));
  showHandles();
  restoreFocus(focus);
  clearTimeout(confirmationTimer);
  confirmationTimer = setTimeout(hideConfirmation, CONFIRMATION_TIME);
  const moved = document.getElementById(focus?.card ?? "");
  if (moved && top !== undefined) scrollBy(0, moved.getBoundingClientRect().top - top);
}

/** Shows why the points of a card were not saved, beside their field. @param {HTMLFormElement} form @param {Document} page */
function showError(form, page) {
  live.replaceChildren();
  const reason = page.querySelector(".field-error")?.textContent?.trim() ?? "";
  const field = pointsOf(form);
  form.querySelector(".field-error")?.remove();
  const message = document.createElement("p");
  message.className = "field-error";
  message.id = `error-${field?.id ?? "form"}`;
  message.setAttribute("role", "alert");
  message.textContent = reason;
  if (field) placeError(field, message);
  field?.focus();
}

/** @param {HTMLInputElement} field @param {Element} message */
function placeError(field, message) {
  field.form?.append(message);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", message.id);
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

/** @param {Element} form @returns {HTMLInputElement | null} */
function pointsOf(form) {
  return form.querySelector('[name="points"]');
}

/** @param {HTMLInputElement} field */
function isSent(field) {
  return field.id === sent?.id && field.value === sent.value;
}

/** Returns the fields with points that are typed and not saved. @returns {HTMLInputElement[]} */
function unsavedPoints() {
  const fields = [...document.querySelectorAll("form[data-change]")].map(pointsOf);
  return /** @type {HTMLInputElement[]} */ (fields.filter((field) => field && field.value !== field.defaultValue));
}

/** @param {HTMLInputElement} field */
function savePoints(field) {
  const form = /** @type {HTMLFormElement} */ (field.form);
  save(form, new FormData(form, form.querySelector('[value="points"]')));
}

/** Saves points that were typed before the page is left. Returns whether `leave` has to wait for that.
 * @param {() => void} leave @param {boolean} retriesRefused whether to send points again that were refused */
function savesFirst(leave, retriesRefused) {
  const field = unsavedPoints().find((input) => retriesRefused || !input.hasAttribute("aria-invalid"));
  if (!busy && !field) return false;
  waiting.push({ act: leave, leaves: true });
  if (!busy && field) savePoints(field);
  return true;
}

/** Submits a form, or the one that took its place when the page's parts were replaced.
 * @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
function resubmit(form, button) {
  const current = form.isConnected ? form : /** @type {HTMLFormElement | null} */ (document.getElementById(form.id));
  current?.requestSubmit(button?.isConnected ? button : null);
}

document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (!form.matches("[data-change]")) {
      if (!savesFirst(() => resubmit(form, button), true)) return;
      event.preventDefault();
      return event.stopPropagation();
    }
    event.preventDefault();
    if (!busy) return save(form, new FormData(form, button));
    const field = pointsOf(form);
    if (button?.value === "points" && field && isSent(field)) return;
    const card = form.closest("li.question")?.id ?? "";
    const sameButton = () => document.getElementById(card)?.querySelector(`[value="${button?.value}"]`);
    waiting.push({ act: () => /** @type {HTMLElement | null} */ (sameButton())?.click() });
  },
  // Before the listener that disables the buttons of a form that leaves the page.
  true,
);

document.addEventListener(
  "click",
  (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    if (!link || link.getAttribute("href")?.startsWith("#")) return;
    const follow = () => (link.isConnected ? link : [...document.links].find(({ href }) => href === link.href))?.click();
    if (savesFirst(follow, false)) event.preventDefault();
  },
  true,
);

// Points are saved when their field is left. The button does it too, also without this script.
document.addEventListener("change", ({ target }) => {
  const field = /** @type {HTMLInputElement} */ (target);
  if (!field.matches('form[data-change] [name="points"]')) return;
  const saveIfUnsaved = () => unsavedPoints().filter(({ id }) => id === field.id).forEach(savePoints);
  if (busy) waiting.push({ act: saveIfUnsaved });
  else saveIfUnsaved();
});

document.addEventListener(
  "pointerdown",
  () => {
    released = new Promise((done) => {
      for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, () => setTimeout(done), { once: true });
    });
  },
  true,
);

function showHandles() {
  addHandles({ label: handleLabel, canDrag: () => !busy, onDrop: move });
}

/** Moves a question after another one. @param {HTMLElement} card @param {string} after */
function move(card, after) {
  const form = /** @type {HTMLFormElement} */ (card.querySelector("form.edit-row"));
  const data = new FormData(form);
  data.set("do", "move");
  data.set("after", after);
  save(form, data);
}

showHandles();
