// Closes a window that was opened for a frame, where the browser allows it.

window.close();
