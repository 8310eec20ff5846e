// Shows formulas, pictures and the like in a text field as chips, which can be moved but not lost or doubled. The form
// still sends the text of the field, in which each chip is a marker such as ⟦1: formula⟧.

import { isMarker, numberOf, MARKER, textOf, tidied, tokensOf } from "./chip_text.js";

/** Type of the data that names the field a copied or dragged text is from: chips stay in their own field. */
const FIELD = "application/x-examplary-field";
const MAX_UNDO_STEPS = 200;

class ChipField {
  /** @param {HTMLTextAreaElement} area */
  constructor(area) {
    this.area = area;
    this.form = /** @type {HTMLFormElement} */ (area.form);
    /** The markers with the labels of this page, by number: a draft may have those of another language. */
    this.markers = new Map(tokensOf(area.dataset.chips ?? "").map((marker) => [numberOf(marker), marker]));
    /** @type {{tokens: string[], caret: number, typed: boolean}[]} */
    this.undoStack = [];
    /** @type {typeof this.undoStack} */
    this.redoStack = [];
    this.current = { tokens: tidied(this.markers, tokensOf(area.value), [], 0).tokens, caret: 0, typed: false };
    this.editor = this.makeEditor();
    this.render();
    area.before(this.editor);
    area.hidden = true;
    this.message = document.createElement("p");
    this.message.className = "small";
    this.message.setAttribute("role", "status");
    this.nameMarkers();
    area.after(this.toggle(), this.message);
    this.listen();
    if (area.autofocus) this.editor.focus();
  }

  makeEditor() {
    const editor = document.createElement("div");
    editor.className = "editor";
    editor.setAttribute("role", "textbox");
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("contenteditable", "plaintext-only");
    if (editor.contentEditable !== "plaintext-only") editor.contentEditable = "true";
    const label = /** @type {HTMLLabelElement} */ (this.area.labels?.[0]);
    label.id ||= `label-${this.area.id}`;
    editor.setAttribute("aria-labelledby", label.id);
    for (const name of ["dir", "lang", "aria-invalid", "aria-describedby"]) {
      const value = this.area.getAttribute(name);
      if (value) editor.setAttribute(name, value);
    }
    label.addEventListener("click", () => editor.focus());
    return editor;
  }

  listen() {
    const { editor } = this;
    editor.addEventListener("beforeinput", (event) => this.beforeInput(event));
    editor.addEventListener("input", (event) => {
      event.stopPropagation();
      const { inputType, isComposing } = /** @type {InputEvent} */ (event);
      if (!isComposing) this.readInput(inputType);
    });
    editor.addEventListener("compositionend", () => this.readInput("insertText"));
    editor.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(event.key.toLowerCase())) return;
      event.preventDefault();
      this.undo(event.shiftKey || event.key.toLowerCase() === "y");
    });
    for (const type of ["copy", "cut"]) editor.addEventListener(type, (event) => this.copy(/** @type {ClipboardEvent} */ (event)));
    editor.addEventListener("paste", (event) => {
      event.preventDefault();
      if (event.clipboardData) this.edit(...this.selected(), this.tokensFrom(event.clipboardData));
    });
    /** The range that is being dragged within this field. @type {[number, number] | null} */
    let dragged = null;
    editor.addEventListener("dragstart", (event) => {
      const chip = /** @type {Element} */ (event.target).closest?.(".chip");
      dragged = chip ? this.rangeOf(chip) : this.selected();
      this.setTransferData(/** @type {DataTransfer} */ (event.dataTransfer), ...dragged);
    });
    editor.addEventListener("dragend", () => (dragged = null));
    editor.addEventListener("dragover", (event) => event.preventDefault());
    editor.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer) this.drop(this.indexAtPoint(event.clientX, event.clientY), this.tokensFrom(event.dataTransfer), dragged);
    });
  }

  /** @param {InputEvent} event */
  beforeInput(event) {
    const { inputType } = event;
    if (inputType === "historyUndo" || inputType === "historyRedo") this.undo(inputType === "historyRedo");
    else if (inputType === "insertLineBreak" || inputType === "insertParagraph") this.edit(...this.selected(), ["\n"]);
    else if (!inputType.startsWith("format")) return;
    event.preventDefault();
  }

  /** Reads the text that the browser made of an input. @param {string} inputType */
  readInput(inputType) {
    const caret = this.selected()[1];
    this.accept(tokensOf(textOf(this.editor)), caret, inputType);
  }

  /** @param {number} start @param {number} end @param {string[]} inserted */
  edit(start, end, inserted) {
    const { tokens } = this.current;
    this.accept([...tokens.slice(0, start), ...inserted, ...tokens.slice(end)], start + inserted.length, "");
  }

  /** Moves what was dragged here, or inserts it. @param {number} place @param {string[]} inserted @param {[number, number] | null} dragged */
  drop(place, inserted, dragged) {
    this.editor.focus();
    if (!dragged) return this.edit(place, place, inserted);
    const [start, end] = dragged;
    if (place >= start && place <= end) return undefined;
    const { tokens } = this.current;
    const moved = tokens.slice(start, end);
    const rest = [...tokens.slice(0, start), ...tokens.slice(end)];
    const target = place > start ? place - (end - start) : place;
    return this.accept([...rest.slice(0, target), ...moved, ...rest.slice(target)], target + moved.length, "");
  }

  /** Makes a changed text the field's, with each chip once. @param {string[]} changed @param {number} caret @param {string} inputType */
  accept(changed, caret, inputType) {
    const { tokens, caret: newCaret, restored } = tidied(this.markers, changed, this.current.tokens, caret);
    const isTidied = tokens.length !== changed.length || tokens.some((token, index) => token !== changed[index]);
    // After "Delete", the caret goes behind a chip that was put back, so that deleting can go on.
    const finalCaret = inputType === "deleteContentForward" ? newCaret + restored : newCaret;
    const typed = inputType === "insertText" && !/\s/.test(tokens[finalCaret - 1] ?? "");
    if (tokens.join("") !== this.current.tokens.join("")) {
      // The letters of a word are undone together.
      if (!(typed && this.current.typed)) this.undoStack = [...this.undoStack, this.current].slice(-MAX_UNDO_STEPS);
      this.redoStack = [];
    }
    this.current = { tokens, caret: finalCaret, typed };
    this.message.textContent = restored ? (this.form.dataset.kept ?? "") : "";
    if (isTidied || !inputType) this.render(finalCaret);
    this.store();
  }

  /** Undoes or redoes a step, because the browser's own undo doesn't know which chips were put back. @param {boolean} isRedo */
  undo(isRedo) {
    const [from, to] = isRedo ? [this.redoStack, this.undoStack] : [this.undoStack, this.redoStack];
    const last = from.pop();
    if (!last) return;
    to.push(this.current);
    this.current = { ...last, typed: false };
    this.message.textContent = "";
    this.render(last.caret);
    this.store();
  }

  /** @param {number} [caret] where to put it */
  render(caret) {
    const { tokens } = this.current;
    /** @type {Node[]} */
    const nodes = [];
    for (const part of tokens.join("").split(MARKER)) nodes.push(MARKER.test(part) ? this.chip(part) : document.createTextNode(part));
    if (tokens.at(-1) === "\n") nodes.push(document.createElement("br"));
    this.editor.replaceChildren(...nodes);
    if (caret === undefined) return;
    let rest = caret;
    for (const [index, node] of nodes.entries()) {
      const length = node.nodeType === Node.TEXT_NODE ? (node.nodeValue ?? "").length : 1;
      if (node.nodeType === Node.TEXT_NODE && rest <= length) return getSelection()?.collapse(node, rest);
      rest -= length;
      if (rest < 0) return getSelection()?.collapse(this.editor, index);
    }
  }

  /** @param {string} marker */
  chip(marker) {
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.contentEditable = "false";
    chip.draggable = true;
    chip.dataset.marker = marker;
    chip.textContent = this.name(marker);
    chip.dir = "auto";
    return chip;
  }

  /** Returns a chip's words, with its number where there are several. @param {string} marker */
  name(marker) {
    const words = (this.markers.get(numberOf(marker)) ?? marker).replace(/^⟦\s*|\s*⟧$/g, "");
    return this.markers.size > 1 ? words : words.replace(/^\d+\s*:?\s*/, "") || words;
  }

  /** Replaces markers in labels and errors by the names of their chips. */
  nameMarkers() {
    const labels = this.area.name.startsWith("text-body") ? this.form.querySelectorAll("label") : [];
    for (const element of [...labels, document.querySelector(`#error-${this.area.id} span:last-child`)]) {
      if (element && MARKER.test(element.textContent ?? "")) {
        element.textContent = (element.textContent ?? "").split(MARKER).map((part) => (MARKER.test(part) ? this.name(part) : part)).join("");
      }
    }
  }

  store() {
    this.area.value = this.current.tokens.join("");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Returns how many tokens are before a place in the editor. @param {Node} node @param {number} offset */
  indexAt(node, offset) {
    const range = document.createRange();
    range.setStart(this.editor, 0);
    range.setEnd(node, offset);
    const before = document.createElement("div");
    before.append(range.cloneContents(), "\u200b");
    return tokensOf(textOf(before)).length - 1;
  }

  /** @returns {[number, number]} */
  selected() {
    const selection = getSelection();
    const range = selection?.rangeCount ? selection.getRangeAt(0) : null;
    const end = this.current.tokens.length;
    if (!range || !this.editor.contains(range.commonAncestorContainer)) return [end, end];
    return [this.indexAt(range.startContainer, range.startOffset), this.indexAt(range.endContainer, range.endOffset)];
  }

  /** @param {Element} chip @returns {[number, number]} */
  rangeOf(chip) {
    const index = [...this.editor.childNodes].indexOf(/** @type {ChildNode} */ (chip));
    return [this.indexAt(this.editor, index), this.indexAt(this.editor, index + 1)];
  }

  /** @param {number} x @param {number} y in the window */
  indexAtPoint(x, y) {
    const caret = document.caretPositionFromPoint?.(x, y);
    const range = caret ? null : document.caretRangeFromPoint?.(x, y);
    const [node, offset] = caret ? [caret.offsetNode, caret.offset] : [range?.startContainer, range?.startOffset ?? 0];
    const chip = (node instanceof Element ? node : node?.parentElement)?.closest(".chip");
    if (chip && this.editor.contains(chip)) return this.rangeOf(chip)[1];
    return node && this.editor.contains(node) ? this.indexAt(node, offset) : this.current.tokens.length;
  }

  /** @param {ClipboardEvent} event */
  copy(event) {
    const [start, end] = this.selected();
    if (start === end || !event.clipboardData) return;
    event.preventDefault();
    this.setTransferData(event.clipboardData, start, end);
    if (event.type === "cut") this.edit(start, end, []);
  }

  /** @param {DataTransfer} data @param {number} start @param {number} end */
  setTransferData(data, start, end) {
    data.setData("text/plain", this.current.tokens.slice(start, end).join(""));
    data.setData(FIELD, this.area.id);
  }

  /** @param {DataTransfer} data */
  tokensFrom(data) {
    const pasted = data.getData("text/plain").replace(/\r\n?/g, "\n");
    const isOwn = data.getData(FIELD) === this.area.id;
    return tokensOf(pasted).flatMap((token) => (isMarker(token) && !isOwn ? token.replace(/^⟦\s*\d+\s*:?\s*|⟧$/g, "").split("") : [token]));
  }

  toggle() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "as-link small";
    const { asText = "", asChips = "" } = this.form.dataset;
    button.textContent = asText;
    button.addEventListener("click", () => {
      this.area.hidden = !this.area.hidden;
      this.editor.hidden = !this.editor.hidden;
      button.textContent = this.area.hidden ? asText : asChips;
      const tokens = tokensOf(this.area.value);
      if (this.area.hidden) this.accept(tokens, tokens.length, "");
      (this.area.hidden ? this.editor : this.area).focus();
      showHelp();
    });
    return button;
  }
}

/** Explains markers only where a field shows them. */
function showHelp() {
  const isPlain = document.querySelector("textarea[data-chips]:not([hidden])") !== null;
  document.getElementById("help-markers")?.toggleAttribute("hidden", !isPlain);
  document.getElementById("help-chips")?.toggleAttribute("hidden", isPlain);
}

function begin() {
  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-chips]"))) new ChipField(area);
  showHelp();
}

document.addEventListener("page-shown", begin);
begin();
