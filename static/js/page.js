// Sends forms by fetch, so that an error stays out of the history, and a lost connection loses nothing.

/** Returns the address that the server redirects to, or the page that it answers with; `null` if none of ours came.
 * @param {HTMLFormElement} form @param {FormData} data @returns {Promise<string | Document | null>} */
export async function send(form, data) {
  try {
    const body = new URLSearchParams(/** @type {any} */ (data));
    // fetch would follow a redirect and hide its fragment, so the server is asked to tell the address instead.
    const response = await fetch(form.action, { method: "POST", headers: { "X-Redirect": "tell" }, body });
    return response.headers.get("X-Location") ?? ourPage(await response.text());
  } catch {
    return null;
  }
}

/** @param {string} html */
export function ourPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.getElementById("main") ? page : null; // else a proxy's, of a server that is away
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} button */
export async function submit(form, button) {
  setBusy(form, true);
  const answer = await send(form, new FormData(form, button));
  document.querySelector(".offline")?.remove();
  if (typeof answer === "string") {
    form.dispatchEvent(new Event("form-saved", { bubbles: true }));
    return goTo(answer);
  }
  setBusy(form, false);
  if (!answer) return sayOffline(form, button);
  form.dispatchEvent(new Event("form-refused"));
  return showPage(answer);
}

/** Returns a form's buttons, also those elsewhere on the page. @param {HTMLFormElement} form */
const buttonsOf = (form) => [...form.elements].filter((element) => element.matches("button"));

/** @param {HTMLFormElement} form @param {boolean} busy */
export function setBusy(form, busy) {
  for (const button of buttonsOf(form)) button.ariaDisabled = busy ? "true" : null;
}

/** @param {HTMLFormElement} form */
export const isBusy = (form) => buttonsOf(form).some((button) => button.ariaDisabled);

/** Says beside a form's button that the connection is lost. @param {HTMLFormElement} form @param {HTMLElement | null} button */
export function sayOffline(form, button) {
  document.querySelector(".offline")?.remove();
  const message = document.createElement("p");
  message.className = "field-error offline";
  message.setAttribute("role", "alert");
  message.textContent = document.body.dataset.offline ?? "";
  if (button) button.after(message);
  else form.append(message);
}

/** Opens a page as a form's redirect does, also if it is this one. @param {string} address */
export function goTo(address) {
  const url = new URL(address, location.href);
  const withoutFragment = (/** @type {string} */ href) => href.replace(/#.*/, "");
  if (withoutFragment(url.href) !== withoutFragment(location.href)) return location.assign(url);
  if (url.hash) {
    history.pushState(history.state, "", url);
    history.scrollRestoration = "manual"; // the page begins at the fragment
  } else history.replaceState(history.state, "", url);
  return location.reload();
}

/** Shows another page in place of this one, at the same entry of the history. @param {Document} page */
export function showPage(page) {
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  const fresh = /** @type {HTMLElement} */ (page.getElementById("main"));
  document.title = page.title;
  document.body.className = page.body.className;
  main.replaceChildren(...document.importNode(fresh, true).childNodes);
  for (const file of page.querySelectorAll("link[rel=stylesheet], script[src]")) {
    const [attribute] = ["src", "href"].filter((name) => file.hasAttribute(name));
    if (document.querySelector(`[${attribute}="${file.getAttribute(attribute)}"]`)) continue;
    const copy = document.createElement(file.localName);
    for (const { name, value } of file.attributes) copy.setAttribute(name, value);
    document.head.append(copy);
  }
  scrollTo(0, 0);
  main.focus();
  document.dispatchEvent(new Event("page-shown"));
}
