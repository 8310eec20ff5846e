// On all pages: sends the forms of a launch by fetch, prevents a form from being sent twice, and closes menus.

import { isBusy, sayOffline, setBusy, submit } from "./page.js";

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = event.submitter;
  // A form that opens another window leaves this page usable.
  if (event.defaultPrevented || button?.getAttribute("formtarget")) return;
  if (isBusy(form)) return event.preventDefault();
  setBusy(form, true);
  if (!("offline" in document.body.dataset) || form.method !== "post" || !form.action.startsWith(`${location.origin}/`)) return;
  event.preventDefault();
  if ("leaves" in form.dataset) leave(form, button);
  else submit(form, button);
});

/** Submits a form whose answer must be loaded as a page of its own. @param {HTMLFormElement} form @param {HTMLElement | null} button */
async function leave(form, button) {
  try {
    await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
    form.submit();
  } catch {
    setBusy(form, false);
    sayOffline(form, button);
  }
}

window.addEventListener("pageshow", () => {
  // Enable the buttons again when the page is restored from the back/forward cache.
  document.querySelectorAll("form").forEach((form) => setBusy(form, false));
  history.scrollRestoration = "auto";
});

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
