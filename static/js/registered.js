// Tells the LMS that the registration is done (1EdTech lti-dr §3.7): on a click or, if nothing is left to read,
// automatically after a moment.

const SECONDS_TO_READ = 4;

const button = /** @type {HTMLButtonElement} */ (document.getElementById("close"));
const closing = /** @type {HTMLElement} */ (document.getElementById("closing"));
const lms = window.opener ?? (window.parent === window ? null : window.parent);

function close() {
  // Any origin: the message has no secrets, and the LMS may listen on another origin than its configuration's.
  lms?.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}

if (lms) {
  button.addEventListener("click", close);
  if ("closesItself" in button.dataset) {
    closing.textContent = closing.dataset.text ?? "";
    setTimeout(close, SECONDS_TO_READ * 1000);
  }
} else {
  button.hidden = true;
}
