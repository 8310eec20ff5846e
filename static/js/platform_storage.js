// The LMS as a keeper, for frames without cookies (1EdTech lti-cs-pm, lti-pm-s, lti-cs-oidc).

/** Milliseconds. A browser that is short of time looks more seldom, and so waits longer. */
const LOOK = 250;
/** Looks until an LMS that has not said a word is given up: Canvas's mobile apps offer to keep things and then are silent. */
const SILENT = 10;
/** Looks until one is given up that has answered before: its page is busy, and a launch that is given up is lost. */
const BUSY = 60;
/** Looks until the same is asked again: whoever is to hear it may still be loading. */
const AGAIN = 2;

const around = window.parent === window ? window.opener : window.parent;

/**
 * Send a message, again and again, until a response to it comes.
 * @param {Window} to
 * @param {string} origin the only one that may read the message and answer it; "*" for what is no secret
 * @param {{subject: string, key?: string, value?: string}} message
 * @param {number} patience in looks
 * @returns {Promise<Record<string, unknown>>} the response; rejects if it is an error or does not come
 */
function ask(to, origin, message, patience) {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    let looks = 0;
    const settle = (/** @type {() => void} */ outcome) => {
      clearInterval(timer);
      window.removeEventListener("message", hear);
      outcome();
    };
    const hear = (/** @type {MessageEvent} */ event) => {
      const response = event.data ?? {};
      if (event.source !== to || (origin !== "*" && event.origin !== origin)) return;
      if (response.message_id !== id || response.subject !== `${message.subject}.response`) return;
      settle(() => (response.error ? reject(new Error(String(response.error.code))) : resolve(response)));
    };
    const look = () => {
      if (looks === patience) settle(() => reject(new Error("silent")));
      else if (looks % AGAIN === 0) to.postMessage({ ...message, message_id: id }, origin);
      looks += 1;
    };
    window.addEventListener("message", hear);
    const timer = setInterval(look, LOOK);
    look();
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
async function keeper(target, subject) {
  const named = frame(target);
  if (named) return named;
  const { supported_messages: messages = [] } = await ask(around, "*", { subject: "lti.capabilities" }, SILENT);
  const entry = messages.find((each) => each.subject === subject);
  return entry ? frame(entry.frame ?? "_parent") : null;
}

async function exchange({ target, origin }, message, patience) {
  const window_ = around && origin ? await keeper(target, message.subject) : null;
  if (!window_) throw new Error("nobody keeps anything here");
  return ask(window_, origin, message, patience);
}

/**
 * Leave a value with the LMS.
 * @param {{target: string, origin: string}} place
 * @returns {Promise<boolean>} whether the LMS has it and gives it back
 */
export async function keep(place, key, value) {
  try {
    await exchange(place, { subject: "lti.put_data", key, value }, SILENT);
    const kept = await exchange(place, { subject: "lti.get_data", key }, BUSY);
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
    const { value } = await exchange(place, { subject: "lti.get_data", key }, BUSY);
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}
