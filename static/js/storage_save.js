// Stores the login's proof in platform storage and continues; if that fails, falls back to the cookie.

import { putData } from "./platform_storage.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("save"));
const { target = "", origin = "", key = "", value = "", next = "" } = form.dataset;

if (await putData({ target, origin }, key, value)) location.replace(next);
else form.submit();
