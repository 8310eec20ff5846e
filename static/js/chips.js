// Shows formulas, pictures and the like in a text field as chips that can't be broken. The field's own text stays the
// form's value: a chip is its sign, such as ⟦1: formula⟧, there.

const SIGN = /(⟦\s*\d+\s*(?::[^⟦⟧]*)?⟧)/;

/** @param {HTMLTextAreaElement} area */
function enhance(area) {
  const editor = document.createElement("div");
  editor.className = "editor";
  editor.setAttribute("role", "textbox");
  editor.setAttribute("aria-multiline", "true");
  editor.setAttribute("contenteditable", "plaintext-only");
  if (editor.contentEditable !== "plaintext-only") editor.contentEditable = "true";
  const label = /** @type {HTMLLabelElement} */ (area.labels?.[0]);
  label.id ||= `label-${area.id}`;
  editor.setAttribute("aria-labelledby", label.id);
  for (const name of ["dir", "lang", "aria-invalid", "aria-describedby"]) {
    const value = area.getAttribute(name);
    if (value) editor.setAttribute(name, value);
  }
  fill(editor, area.value);
  const chips = editor.querySelectorAll(".chip").length;
  area.before(editor);
  area.hidden = true;
  label.addEventListener("click", () => editor.focus());
  editor.addEventListener("beforeinput", (event) => guard(event));
  editor.addEventListener("input", (event) => {
    event.stopPropagation();
    if (editor.querySelectorAll(".chip").length < chips) return putBack(editor, area.value);
    area.value = text(editor);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  editor.addEventListener("paste", (event) => {
    event.preventDefault();
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    document.execCommand("insertText", false, pasted.replace(/\r\n?/g, "\n"));
  });
  editor.addEventListener("drop", (event) => event.preventDefault());
  area.after(toggle(area, editor));
  if (area.autofocus) editor.focus();
}

/** @param {HTMLElement} editor @param {string} value */
function fill(editor, value) {
  editor.replaceChildren(
    ...value.split(SIGN).map((part) => {
      if (!SIGN.test(part)) return document.createTextNode(part);
      const chip = document.createElement("span");
      chip.className = "chip";
      chip.contentEditable = "false";
      chip.dataset.sign = part;
      chip.textContent = part.replace(/^⟦\s*\d+\s*:?\s*|⟧$/g, "");
      chip.dir = "auto";
      return chip;
    }),
  );
}

/** @param {Node} node @returns {string} */
function text(node) {
  if (node instanceof HTMLElement && node.dataset.sign) return node.dataset.sign;
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (node.nodeName === "BR") return node.nextSibling || node.parentNode?.nodeName === "SPAN" ? "\n" : "";
  const inner = [...node.childNodes].map(text).join("");
  const isLine = ["DIV", "P"].includes(node.nodeName) && node.previousSibling !== null && node instanceof HTMLElement && !node.classList.contains("editor");
  return isLine ? `\n${inner}` : inner;
}

/** Undoes a change that removed a chip after all. @param {HTMLElement} editor @param {string} value */
function putBack(editor, value) {
  fill(editor, value);
  getSelection()?.selectAllChildren(editor);
  getSelection()?.collapseToEnd();
}

/** Refuses to delete or to overwrite a chip. @param {InputEvent} event */
function guard(event) {
  const chips = /** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(".chip");
  const selection = getSelection();
  const ranges = event.getTargetRanges();
  if (!ranges.length && selection?.rangeCount) ranges.push(selection.getRangeAt(0));
  for (const range of ranges) {
    const live = document.createRange();
    live.setStart(range.startContainer, range.startOffset);
    live.setEnd(range.endContainer, range.endOffset);
    if (!live.collapsed && [...chips].some((chip) => live.intersectsNode(chip))) event.preventDefault();
  }
}

/** @param {HTMLTextAreaElement} area @param {HTMLElement} editor */
function toggle(area, editor) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "as-link small";
  const { asText = "", asChips = "" } = /** @type {HTMLElement} */ (area.form).dataset;
  button.textContent = asText;
  button.addEventListener("click", () => {
    area.hidden = !area.hidden;
    editor.hidden = !editor.hidden;
    button.textContent = area.hidden ? asText : asChips;
    if (area.hidden) fill(editor, area.value);
    (area.hidden ? editor : area).focus();
  });
  return button;
}

for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-chips]"))) enhance(area);
