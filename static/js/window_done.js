// A window that was opened for a frame closes itself, where the browser lets it.

window.close();
