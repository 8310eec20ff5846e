// Listens to Examplary's frame. Its messages are only hints to check with the server.

import { Watch, announce } from "./watch.js";

/** Responses after a hint before the page says that the exam isn't finished: Examplary's API lags behind its page. */
const GRACE_RESPONSES = 4;

const frame = /** @type {HTMLIFrameElement} */ (document.getElementById("embed"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("finished"));
const { origin = "", stateUrl = "", asking = "", lost = "" } = frame.dataset;

let hinted = false;
let responses = 0;

const watch = new Watch(stateUrl, {
  onState(state) {
    if (state.next) return location.replace(state.next);
    if (hinted) responses += 1;
    if (!hinted) announce(status, "");
    else if (responses > GRACE_RESPONSES) announce(status, state.note);
    return undefined;
  },
  onLost: () => announce(status, lost),
});

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

window.addEventListener("message", (event) => {
  const type = event.data?.type;
  const fromEmbed = event.origin === origin && type === "examplary:embed-status-update";
  // Our own return page, shown in the same frame.
  const fromReturn = event.origin === location.origin && type === "examplary-lms:returned";
  if (event.source === frame.contentWindow && (fromEmbed || fromReturn)) sendHint();
});

form.addEventListener("submit", (event) => {
  // The teacher's word ends an edit: the page goes on by itself.
  if ("ends" in form.dataset) return;
  event.preventDefault();
  sendHint();
});

const confirm = document.querySelector("details.confirm");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") confirm?.removeAttribute("open");
});
