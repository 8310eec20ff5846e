// Buttons that copy a text to the clipboard: the one in their data-copy, or that of the field that data-copy-from names.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copy], [data-copy-from]"))) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(textOf(button));
    button.textContent = button.dataset.copied ?? "";
    button.focus();
  });
}

/** @param {HTMLButtonElement} button */
function textOf({ dataset }) {
  if (dataset.copy !== undefined) return dataset.copy;
  return /** @type {HTMLTextAreaElement} */ (document.getElementById(dataset.copyFrom ?? "")).value;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https, or in a frame without its LMS's permission, only the old command can use the clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
