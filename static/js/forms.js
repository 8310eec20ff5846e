// Of all pages: prevents sending a form twice while the next page is loading, and closes menus.

/** Its buttons, also those elsewhere on the page. @param {HTMLFormElement} form */
const buttonsOf = (form) => [...form.elements].filter((each) => each.matches("button"));

/** @param {HTMLFormElement} form @param {boolean} busy */
function setBusy(form, busy) {
  for (const button of buttonsOf(form)) button.ariaDisabled = busy ? "true" : null;
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // A form that opens another window leaves this page usable.
  if (event.defaultPrevented || event.submitter?.getAttribute("formtarget")) return;
  if (buttonsOf(form).some((button) => button.ariaDisabled)) event.preventDefault();
  else setBusy(form, true);
});

// Enable the buttons again when the page is restored from the back/forward cache.
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => setBusy(form, false)));

// An open menu covers what comes next: it closes when the focus has left it, and with Escape.
document.addEventListener("focusin", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(/** @type {Node} */ (target))) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const box of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
    if (box.contains(document.activeElement)) box.querySelector("summary")?.focus();
    box.removeAttribute("open");
  }
});
