// Sends the answer to the LMS by itself; if that did not work, says what to press.

const form = /** @type {HTMLFormElement} */ (document.getElementById("answer"));
const late = /** @type {HTMLElement} */ (document.getElementById("late"));

setTimeout(() => {
  late.textContent = late.dataset.text ?? "";
}, 4_000);
form.submit();
