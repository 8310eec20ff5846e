// Follows an exam that is being opened or downloaded, and continues when its state changes.

import { Watch, announce } from "./watch.js";

const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const doing = document.getElementById("doing");
const { state: pageState = "", stateUrl = "", trying = "", lost = "" } = progress.dataset;

new Watch(
  stateUrl,
  {
    onState(state) {
      if (state.state !== pageState) return location.replace(state.next ?? location.href);
      const { error, note = "" } = state;
      if (doing) doing.textContent = state.doing;
      return announce(status, error ? `${error.sentence} ${trying} (${error.code})` : note);
    },
    onLost: () => announce(status, lost),
  },
  true,
);
