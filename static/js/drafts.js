// Keeps what was typed in a form until it is saved: after Back, a reload, or a launch that expired in the meantime.
// The draft is kept in this browser tab only, and ends with it. Where a frame has no storage, the history entry keeps it.

/** @typedef {{key: string, seen: string, submitted: boolean, fields: [string, string][]}} Draft */

/** @param {string} key @returns {Draft | null} */
function read(key) {
  const inHistory = history.state?.draft?.key === key ? history.state.draft : null;
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? inHistory;
  } catch {
    return inHistory; // storage is blocked in this frame
  }
}

/** @param {string} key @param {Draft | null} draft */
function write(key, draft) {
  try {
    history.replaceState({ ...history.state, draft }, "");
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked or full: the history has the draft, or the form works without one.
  }
}

/** @param {string} key */
function isStored(key) {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

/** @param {HTMLFormElement} form */
function fields(form) {
  const entries = [...new FormData(form)].filter(([name]) => name !== "seen");
  return /** @type {[string, string][]} */ (entries.map(([name, value]) => [name, String(value)]));
}

/** @param {HTMLFormElement} form @param {Draft} draft */
function restore(form, draft) {
  const values = new Map();
  for (const [name, value] of draft.fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && ["checkbox", "radio"].includes(element.type)) {
      element.checked = values.get(element.name)?.includes(element.value) ?? false;
    } else if ((element instanceof HTMLInputElement && element.type === "text") || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) {
      if (values.has(element.name)) element.value = values.get(element.name)[0];
    }
  }
  // The form counts as one of the draft's revision again, so that the server notices what others have changed since.
  /** @type {HTMLInputElement} */ (form.elements.namedItem("seen")).value = draft.seen;
}

/** Whether a field has another value than the page came with. @param {HTMLFormElement} form */
function isChanged(form) {
  return [...form.elements].some((element) => {
    if (element instanceof HTMLSelectElement) {
      return element.selectedIndex !== Math.max(0, [...element.options].findIndex((option) => option.defaultSelected));
    }
    if (element instanceof HTMLTextAreaElement) return element.value !== element.defaultValue;
    if (!(element instanceof HTMLInputElement) || element.type === "hidden") return false;
    return element.value !== element.defaultValue || element.checked !== element.defaultChecked;
  });
}

/** @param {HTMLFormElement} form */
function announceRestored(form) {
  const message = document.createElement("p");
  message.className = "notice";
  message.setAttribute("role", "status");
  message.textContent = form.dataset.restored ?? "";
  form.before(message);
}

/** The form of the page that is shown now. @type {HTMLFormElement | null} */
let form = null;
/** The key under which the draft is stored: the same for every revision of the exam. */
let key = "";

/** @param {boolean} submitted */
function keep(submitted) {
  if (!form) return;
  const { value: seen } = /** @type {HTMLInputElement} */ (form.elements.namedItem("seen"));
  write(key, { key, seen, submitted, fields: fields(form) });
}

function begin() {
  form = document.querySelector("form[data-draft]");
  if (!form) return;
  key = `draft ${form.dataset.draft}`;
  const draft = read(key);
  if (draft?.submitted && draft.seen !== /** @type {HTMLInputElement} */ (form.elements.namedItem("seen")).value) write(key, null);
  else if (draft && !form.querySelector("[aria-invalid]")) {
    restore(form, draft);
    if (isChanged(form)) announceRestored(form);
  }
  if (!draft && isChanged(form)) keep(false); // typed before this script ran
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true));
  form.addEventListener("form-refused", () => keep(false));
  // A frame of another site ignores "autofocus".
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus();
}

document.addEventListener("page-shown", begin);
// The form, or the merge page in its place. The language switch, which has no draft, saves nothing.
document.addEventListener("form-saved", ({ target }) => {
  if (/** @type {HTMLElement} */ (target).closest("main")) write(key, null);
});

document.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest("a");
  if (!link || link.target || link.getAttribute("href")?.startsWith("#")) return;
  if (link.matches("[data-discard]")) return write(key, null);
  // Only this history entry has the draft, so leaving by a link would lose it.
  const box = document.getElementById("unsaved");
  if (!box || !form?.isConnected || isStored(key) || !isChanged(form)) return;
  event.preventDefault();
  /** @type {HTMLAnchorElement} */ (box.querySelector("a")).href = link.href;
  box.hidden = false;
  link.after(box);
  box.querySelector("button")?.focus();
});

begin();
