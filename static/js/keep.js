// Leaves the proof of this login with the LMS, then goes on; if the LMS does not take it, a cookie must do.

import { keep } from "./platform_storage.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("keep"));
const { target = "", origin = "", key = "", value = "", next = "" } = form.dataset;

if (await keep({ target, origin }, key, value)) location.replace(next);
else form.submit();
