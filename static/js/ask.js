// Looks for the proof of this login where only a script can, then sends the launch again from our own page.

import { recall } from "./platform_storage.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const press = /** @type {HTMLElement} */ (document.getElementById("press"));
const { target = "", origin = "", key = "" } = form.dataset;
const proof = /** @type {HTMLInputElement} */ (form.elements.namedItem("stored_proof"));

/** With access to storage, the cookie goes along with a form that we send ourselves. */
async function hasAccess() {
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
  // Without the proof the launch would be lost: who presses the button early waits with us.
  if (!ready) return;
  const [kept] = await Promise.all([proof.value || !target ? proof.value : recall({ target, origin }, key), hasAccess()]);
  proof.value = kept;
  form.submit();
});

if (target) proof.value = await recall({ target, origin }, key);
ready = true;

// Where access was granted a moment ago, at the login, some browsers need no second click, others do.
if (proof.value || !("requestStorageAccess" in document) || (await hasAccess())) form.submit();
else press.textContent = press.dataset.text ?? "";
