// Folds long parts of the page in a narrow frame, unless the address leads to something in them.

for (const part of document.querySelectorAll("details[data-folds]:not(:has(:target))")) {
  if (innerWidth < 960) part.removeAttribute("open");
}
