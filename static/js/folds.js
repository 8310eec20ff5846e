// Folds parts in a narrow frame, unless the address leads there.

for (const part of document.querySelectorAll("details[data-folds]:not(:has(:target))")) {
  if (innerWidth < 960) part.removeAttribute("open");
}
