// Listens to Examplary's frame. Its messages are only hints to check with the server.

import { Watch, announce } from "./watch.js";

/** Responses after a hint before the page says that the exam isn't finished: Examplary's API lags behind its page. */
const GRACE_RESPONSES = 4;
/** Milliseconds to load, after which the page says what may be wrong. */
const LOADS_WITHIN = 8_000;
/** Milliseconds after loading until the page asks whether there is something: a page that is blocked loads, too. */
const SILENT_AFTER = 20_000;

const frame = /** @type {HTMLIFrameElement} */ (document.getElementById("embed"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("finished"));
const help = /** @type {HTMLDetailsElement} */ (document.getElementById("help"));
const loading = /** @type {HTMLElement} */ (document.getElementById("loading"));
const elsewhere = /** @type {HTMLElement} */ (document.getElementById("elsewhere"));
const { origin = "", stateUrl = "", asking = "", lost = "", silent = "", doubt = "" } = frame.dataset;

/** What the page says at first, and again when there is nothing else to say. */
const initial = status.textContent?.trim() ?? "";

let hinted = false;
let responses = 0;

const watch = new Watch(stateUrl, {
  onState(state) {
    if (state.next) return goOn(state.next);
    if (hinted) responses += 1;
    if (responses > GRACE_RESPONSES) offerDone(state.note);
    else withdraw(lost);
    return undefined;
  },
  onLost: () => announce(status, lost),
});

/** Withdraw a message that doesn't hold any more, if it is shown. */
function withdraw(...messages) {
  if (messages.includes(status.textContent ?? "")) announce(status, hinted ? asking : initial);
}

/** Show the next page. A window that was opened for the embed closes: the page that opened it continues. */
function goOn(next) {
  if ("closes" in frame.dataset) window.close();
  location.replace(next);
}

/** Examplary seems to have finished, but its API doesn't say so: point the teacher to the button. */
function offerDone(note) {
  announce(status, note);
  form.querySelector("button")?.classList.add("primary");
}

async function sendHint() {
  hinted = true;
  responses = 0;
  announce(status, asking);
  try {
    await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } });
  } catch {
    announce(status, lost);
  }
  watch.hurry();
}

/** Open the list of reasons: nothing has loaded. */
function explainSilence() {
  document.getElementById("offline")?.toggleAttribute("hidden", navigator.onLine);
  help.open = true;
  announce(status, silent);
}

/** Ask whether the frame is empty. The list would cover the form of a teacher who reads before they click. */
function askAboutSilence() {
  announce(status, doubt);
}

/** Examplary's frame has shown that it works: withdraw the question, or the list of reasons. */
function seeLife() {
  clearTimeout(silence);
  if (status.textContent === silent) help.open = false;
  withdraw(silent, doubt);
}

let silence = setTimeout(explainSilence, LOADS_WITHIN);
function seeLoaded() {
  loading.hidden = true;
  seeLife();
  silence = setTimeout(askAboutSilence, SILENT_AFTER);
}

frame.addEventListener("load", seeLoaded);
if ("loaded" in frame.dataset) seeLoaded();
// The teacher works in the frame.
window.addEventListener("blur", () => document.activeElement === frame && seeLife());

window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow) return;
  if (event.origin === origin) seeLife();
  const type = event.data?.type;
  const fromEmbed = event.origin === origin && type === "examplary:embed-status-update";
  // Our own return page, shown in the same frame.
  const fromReturn = event.origin === location.origin && type === "examplary-lms:returned";
  if (fromEmbed || fromReturn) sendHint();
});

form.addEventListener("submit", (event) => {
  // The button itself ends an edit, so its form is sent as usual.
  if ("ends" in form.dataset) return;
  event.preventDefault();
  sendHint();
});

/** Checks whether Examplary's own window is still open. @type {ReturnType<typeof setInterval> | undefined} */
let windowCheck;

/** Says whether Examplary's own window is open or closed. @param {boolean} closed */
function showWindow(closed) {
  document.getElementById("window-open")?.toggleAttribute("hidden", closed);
  document.getElementById("window-closed")?.toggleAttribute("hidden", !closed);
  elsewhere.focus();
}

document.addEventListener("tab-opened", (event) => {
  const { detail: tab } = /** @type {CustomEvent<Window>} */ (event);
  seeLife();
  frame.hidden = loading.hidden = true;
  elsewhere.hidden = help.open = false;
  showWindow(false);
  clearInterval(windowCheck);
  windowCheck = setInterval(() => {
    if (!tab.closed) return;
    clearInterval(windowCheck);
    showWindow(true);
    watch.hurry();
  }, 1_000);
  watch.alwaysFast = true;
  watch.hurry();
});

document.getElementById("here")?.addEventListener("click", () => {
  clearInterval(windowCheck);
  elsewhere.hidden = true;
  frame.hidden = false;
  frame.focus();
});
