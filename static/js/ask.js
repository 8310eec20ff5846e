// Asks the LMS for the proof of this login, then sends the launch again.

import { exchange } from "./platform_storage.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const { target = "", origin = "", key = "" } = form.dataset;
const proof = /** @type {HTMLInputElement} */ (form.elements.namedItem("stored_proof"));

proof.value = await exchange({ target, origin }, { subject: "lti.get_data", key });
form.submit();
