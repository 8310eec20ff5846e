// Opens a page of this launch in a tab of its own. The tab has other cookies, so it gets a link that works once.
// Then goes to the form's data-then, if it has one: the page that follows what happens in the tab.

import { submit } from "./page.js";

// On the body, so that the listener runs after the one that first saves what was typed and before the one that sends
// forms, and also for forms in parts of the page that were replaced.
document.body.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-new-tab]")) return;
  event.preventDefault();
  // Before anything that takes time: browsers open tabs only on a click.
  const tab = window.open("", "_blank");
  try {
    if (!tab) throw new Error("blocked");
    tab.opener = null;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
    if (!response.ok) throw new Error(String(response.status));
    const { url } = await response.json();
    tab.location.replace(new URL(url, location.href).href);
    if (form.dataset.then) location.replace(form.dataset.then);
    form.dispatchEvent(new CustomEvent("tab-opened", { bubbles: true, detail: tab }));
  } catch {
    tab?.close();
    // Shows the link, or what is wrong.
    submit(form, event.submitter);
  }
});
