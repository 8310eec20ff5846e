// Remembers that Examplary's frame has loaded, for embed.js: a frame may load before that script runs. Not a module,
// so that it runs before the page's frames begin to load.

document.addEventListener("load", ({ target }) => target.id === "embed" && target.toggleAttribute("data-loaded", true), true);
