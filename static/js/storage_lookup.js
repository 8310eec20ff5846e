// Reads the login's proof from platform storage, then sends the launch again from our own page.

import { getData } from "./platform_storage.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("lookup"));
const hint = /** @type {HTMLElement} */ (document.getElementById("hint"));
const { target = "", origin = "", key = "" } = form.dataset;
const proof = /** @type {HTMLInputElement} */ (form.elements.namedItem("stored_proof"));

/** With storage access, the browser adds the cookie to a form that a script submits. */
async function requestAccess() {
  try {
    await document.requestStorageAccess();
    return true;
  } catch {
    return false;
  }
}

let ready = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  // Submitting without the proof would lose the launch, so an early click waits.
  if (!ready) return;
  const lookup = proof.value || !target ? proof.value : getData({ target, origin }, key);
  [proof.value] = await Promise.all([lookup, requestAccess()]);
  form.submit();
});

if (target) proof.value = await getData({ target, origin }, key);
ready = true;

// After access was granted during the login, some browsers need no second click, others do.
if (proof.value || !("requestStorageAccess" in document) || (await requestAccess())) form.submit();
else hint.textContent = hint.dataset.text ?? "";
