// Helps the browser to be known: access to storage on a click, else a window of its own while this frame waits.

import { say } from "./watch.js";

const PAUSE = 1_000;
/** How long a window may take to come before we say that it may have been blocked. */
const SLOW = 4_000;
/** How long the browser's own question may stand before the other way is shown. */
const UNANSWERED = 2_000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("prove"));
const access = /** @type {HTMLElement} */ (document.getElementById("access"));
const other = /** @type {HTMLElement} */ (document.getElementById("window"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const code = /** @type {HTMLInputElement} */ (form.elements.namedItem("handover"));
const texts = form.dataset;

let opened = 0;
let waiting = false;

function offerWindow() {
  access.hidden = true;
  other.hidden = false;
  other.querySelector("button")?.focus();
}

/**
 * The browser decides, or asks the person, who may not see the question; a form that we send ourselves then carries
 * our cookie.
 */
async function askForAccess(button) {
  const late = setTimeout(offerWindow, UNANSWERED);
  try {
    await document.requestStorageAccess();
    form.action = button.formAction;
    form.submit();
  } catch {
    offerWindow();
  }
  clearTimeout(late);
}

function wait() {
  opened = Date.now();
  if (!waiting) setTimeout(look, PAUSE);
  waiting = true;
}

async function look() {
  try {
    const body = new URLSearchParams({ handover: code.value });
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
    const { stage, next, error } = await answer.json();
    if (next) {
      say(status, texts.ready ?? "");
      return location.replace(next);
    }
    if (error) say(status, `${stage === "refused" ? `${texts.refused} ` : ""}${error.sentence} ${error.advice} (${error.code})`);
    else if (stage === "in-window") say(status, texts.inWindow ?? "");
    else if (Date.now() - opened > SLOW) say(status, texts.noWindow ?? "");
    // What has run out does not come back.
    if (!answer.ok && answer.status < 500) return undefined;
  } catch {
    say(status, texts.lost ?? "");
  }
  return setTimeout(look, PAUSE);
}

form.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.submitter);
  if (access.contains(button)) {
    event.preventDefault();
    askForAccess(button);
  } else if (button?.formTarget) {
    wait();
  }
});

if (form.dataset.stage) {
  // Shown again while a window is on its way.
  wait();
} else if ("requestStorageAccess" in document) {
  access.hidden = false;
  other.hidden = true;
}
