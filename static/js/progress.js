// Follows an exam on its way home, and goes on when it is there.

import { Watch, say } from "./watch.js";

const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const { state: here = "", stateUrl = "", trying = "", lost = "" } = progress.dataset;

new Watch(
  stateUrl,
  {
    state(state) {
      if (state.state !== here) return location.replace(state.next ?? location.href);
      const { error } = state;
      return say(status, error ? `${error.sentence} ${trying} (${error.code})` : "");
    },
    lost: () => say(status, lost),
  },
  true,
);
