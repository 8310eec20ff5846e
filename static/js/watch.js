// Asks the tool how a generation is. What a browser sees is only a hint; the answer comes from the server.

/**
 * @typedef {{code: string, sentence: string, advice: string}} Trouble
 * @typedef {{state: string, error: Trouble | null, next: string | null, note: string}} State
 */

const SOON = 2_000;
const CALM = 20_000;
const LONGEST = 60_000;
/** How often it asks soon after a hint. */
const EAGER = 15;

export class Watch {
  /**
   * @param {string} url
   * @param {{state: (state: State, eager: boolean) => void, lost: () => void}} hear
   * @param {boolean} [eager] whether it asks soon from the start
   */
  constructor(url, hear, eager = false) {
    this.url = url;
    this.hear = hear;
    this.alwaysEager = eager;
    this.eager = EAGER;
    if (!eager) this.eager = 0;
    this.failures = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.ask()));
    this.plan();
  }

  /** Something may have happened: ask now, and soon again for a while. */
  hurry() {
    this.eager = EAGER;
    this.ask();
  }

  rest() {
    clearTimeout(this.timer);
  }

  plan() {
    this.rest();
    if (document.hidden) return;
    const pause = this.alwaysEager || this.eager > 0 ? SOON : CALM;
    this.timer = setTimeout(() => this.ask(), Math.min(pause * 2 ** this.failures, LONGEST));
  }

  async ask() {
    this.rest();
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" }, cache: "no-store" });
      // The page of this launch has run out: the server says so in words.
      if (answer.status === 404 || answer.status === 410) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      this.failures = 0;
      this.eager = Math.max(0, this.eager - 1);
      this.hear.state(/** @type {State} */ (await answer.json()), this.alwaysEager || this.eager > 0);
    } catch {
      this.failures += 1;
      if (this.failures > 1) this.hear.lost();
    }
    return this.plan();
  }
}

/**
 * Write into a live region, which is read aloud only when it changes.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent?.trim() !== text) element.textContent = text;
}
