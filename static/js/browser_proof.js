// Asks for storage access on a click, else opens a window while this frame waits for its launch.

import { announce } from "./watch.js";

const POLL_INTERVAL = 1_000;
/** Milliseconds without a window after which the page says that it may have been blocked. */
const BLOCKED_AFTER = 4_000;
/** Milliseconds for the browser's own prompt, which the teacher may not see, before the window is offered. */
const PROMPT_TIMEOUT = 2_000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("proof"));
const accessSection = /** @type {HTMLElement} */ (document.getElementById("access"));
const windowSection = /** @type {HTMLElement} */ (document.getElementById("window"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const code = /** @type {HTMLInputElement} */ (form.elements.namedItem("handover"));
const texts = form.dataset;

let opened = 0;
let polling = false;

function offerWindow() {
  accessSection.hidden = true;
  windowSection.hidden = false;
  windowSection.querySelector("button")?.focus();
}

/** Request storage access; once granted, a form submitted by the script carries our cookie. */
async function requestAccess(button) {
  const timer = setTimeout(offerWindow, PROMPT_TIMEOUT);
  try {
    await document.requestStorageAccess();
    form.action = button.formAction;
    form.submit();
  } catch {
    offerWindow();
  }
  clearTimeout(timer);
}

function startPolling() {
  opened = Date.now();
  if (!polling) setTimeout(poll, POLL_INTERVAL);
  polling = true;
}

async function poll() {
  try {
    const body = new URLSearchParams({ handover: code.value });
    const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
    const { stage, next, error } = await response.json();
    if (next) {
      announce(status, texts.ready ?? "");
      return location.replace(next);
    }
    if (error) {
      const prefix = stage === "refused" ? `${texts.refused} ` : "";
      announce(status, `${prefix}${error.sentence} ${error.advice} (${error.code})`);
    } else if (stage === "in-window") announce(status, texts.inWindow ?? "");
    else if (Date.now() - opened > BLOCKED_AFTER) announce(status, texts.noWindow ?? "");
    // An expired code stays expired.
    if (!response.ok && response.status < 500) return undefined;
  } catch {
    announce(status, texts.lost ?? "");
  }
  return setTimeout(poll, POLL_INTERVAL);
}

form.addEventListener("submit", (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.submitter);
  if (accessSection.contains(button)) {
    event.preventDefault();
    requestAccess(button);
  } else if (button?.formTarget) {
    startPolling();
  }
});

if (form.dataset.stage) {
  // The page was reloaded while a window is open.
  startPolling();
} else if ("requestStorageAccess" in document) {
  accessSection.hidden = false;
  windowSection.hidden = true;
}
