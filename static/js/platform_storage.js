// The LMS as a keeper, for frames without cookies (1EdTech lti-cs-pm, lti-pm-s, lti-cs-oidc).

const PATIENCE = 2_500;
/** Milliseconds for the LMS to answer at all: Canvas's mobile apps offer to keep things and then say nothing. */

const around = window.parent === window ? window.opener : window.parent;

/**
 * Send a message and wait for the response to it.
 * @param {Window} to
 * @param {string} origin the only one that may read the message and answer it; "*" for what is no secret
 * @param {{subject: string, key?: string, value?: string}} message
 * @param {AbortSignal} signal ends the waiting
 * @returns {Promise<Record<string, unknown>>} the response; rejects if it is an error or does not come
 */
function ask(to, origin, message, signal) {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const hear = (/** @type {MessageEvent} */ event) => {
      const response = event.data ?? {};
      if (event.source !== to || (origin !== "*" && event.origin !== origin)) return;
      if (response.message_id !== id || response.subject !== `${message.subject}.response`) return;
      window.removeEventListener("message", hear);
      if (response.error) reject(new Error(String(response.error.code)));
      else resolve(response);
    };
    window.addEventListener("message", hear, { signal });
    signal.addEventListener("abort", () => reject(new Error("silent")));
    to.postMessage({ ...message, message_id: id }, origin);
  });
}

/** @param {string} name a frame beside ours, or "_parent" */
function frame(name) {
  if (name === "_parent") return around;
  try {
    return around.frames[name] ?? null;
  } catch {
    // Another site's window has no such frame, or does not say.
    return null;
  }
}

/** Find the window that keeps: the one that the login named, else the one that the LMS itself names. */
async function keeper(target, subject, signal) {
  const named = frame(target);
  if (named) return named;
  const { supported_messages: messages = [] } = await ask(around, "*", { subject: "lti.capabilities" }, signal);
  const entry = messages.find((each) => each.subject === subject);
  return entry ? frame(entry.frame ?? "_parent") : null;
}

async function exchange({ target, origin }, message, signal) {
  const window_ = around && origin ? await keeper(target, message.subject, signal) : null;
  if (!window_) throw new Error("nobody keeps anything here");
  return ask(window_, origin, message, signal);
}

/**
 * Leave a value with the LMS.
 * @param {{target: string, origin: string}} place
 * @returns {Promise<boolean>} whether the LMS has it and gives it back
 */
export async function keep(place, key, value) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    await exchange(place, { subject: "lti.put_data", key, value }, signal);
    const kept = await exchange(place, { subject: "lti.get_data", key }, signal);
    return kept.value === value;
  } catch {
    return false;
  }
}

/**
 * Get a value back from the LMS.
 * @param {{target: string, origin: string}} place
 * @returns {Promise<string>} empty if the LMS does not have it
 */
export async function recall(place, key) {
  try {
    const { value } = await exchange(place, { subject: "lti.get_data", key }, AbortSignal.timeout(PATIENCE));
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}
