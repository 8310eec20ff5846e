// A form is sent once: pressing its button again while the page is on its way does nothing.

/** @param {HTMLFormElement} form @param {boolean} busy */
function mark(form, busy) {
  for (const button of form.querySelectorAll("button")) {
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // A form that opens another window leaves this page as it is.
  if (event.defaultPrevented || event.submitter?.getAttribute("formtarget")) return;
  if (form.querySelector('button[aria-disabled="true"]')) event.preventDefault();
  else mark(form, true);
});

// Back from the browser's memory: the buttons work again.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => mark(form, false)));
