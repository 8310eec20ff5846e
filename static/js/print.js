// Buttons that only a script can carry out: print the page, copy a text.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-print]"))) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copy-from]"))) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copyFrom ?? ""));
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      // A frame may not use the clipboard without its LMS's permission; the old command needs none.
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied ?? "";
  });
}
