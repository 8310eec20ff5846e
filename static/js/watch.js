// Polls the state of a generation or a direct import. The server's response decides, not what the browser sees.

/**
 * @typedef {{code: string, sentence: string, advice: string}} StateError
 * @typedef {{state: string, error: StateError | null, next: string | null, doing?: string, note: string}} State
 */

const FAST_INTERVAL = 2_000;
const SLOW_INTERVAL = 20_000;
const MAX_INTERVAL = 60_000;
/** Number of fast polls after a hint. */
const FAST_POLLS = 15;

export class Watch {
  /**
   * @param {string} url
   * @param {{onState: (state: State) => void, onLost: () => void}} handlers
   * @param {boolean} [alwaysFast] whether to poll fast all the time
   */
  constructor(url, handlers, alwaysFast = false) {
    this.url = url;
    this.handlers = handlers;
    this.alwaysFast = alwaysFast;
    this.fastPolls = 0;
    this.failures = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.poll()));
    this.schedule();
  }

  /** Poll now, and fast for a while. */
  hurry() {
    this.fastPolls = FAST_POLLS;
    this.poll();
  }

  pause() {
    clearTimeout(this.timer);
  }

  schedule() {
    this.pause();
    if (document.hidden) return;
    const interval = this.alwaysFast || this.fastPolls > 0 ? FAST_INTERVAL : SLOW_INTERVAL;
    this.timer = setTimeout(() => this.poll(), Math.min(interval * 2 ** this.failures, MAX_INTERVAL));
  }

  async poll() {
    this.pause();
    try {
      const response = await fetch(this.url, { headers: { Accept: "application/json" }, cache: "no-store" });
      // The launch has expired, or its cookie is gone: reloading shows the server's explanation.
      if ([403, 404, 410].includes(response.status)) return location.reload();
      if (!response.ok) throw new Error(String(response.status));
      this.failures = 0;
      this.fastPolls = Math.max(0, this.fastPolls - 1);
      this.handlers.onState(/** @type {State} */ (await response.json()));
    } catch {
      this.failures += 1;
      if (this.failures > 1) this.handlers.onLost();
    }
    return this.schedule();
  }
}

/**
 * Write into a live region only if the text changes, so that screen readers don't repeat it.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function announce(element, text) {
  if (element.textContent?.trim() !== text) element.textContent = text;
}
