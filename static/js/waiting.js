// Reloads a page of the console that waits for the LMS, as soon as the state has changed.

const INTERVAL = 4_000;
const MAX_INTERVAL = 60_000;

const waiting = /** @type {HTMLElement} */ (document.querySelector("[data-waiting]"));
const { waiting: state = "", url = "" } = waiting.dataset;
let failures = 0;

async function look() {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
    // Signed out, or gone: reloading shows the server's explanation.
    if ([401, 403, 404].includes(response.status)) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    failures = 0;
    if ((await response.json()).state !== state) return location.reload();
  } catch {
    failures += 1;
  }
  return setTimeout(look, Math.min(INTERVAL * 2 ** failures, MAX_INTERVAL));
}

setTimeout(look, INTERVAL);
