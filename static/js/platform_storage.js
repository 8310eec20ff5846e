// LTI platform storage, for frames without cookies (1EdTech lti-cs-pm, lti-pm-s, lti-cs-oidc).

/** Milliseconds between ticks. Browsers slow timers down under load, which makes the limits below longer. */
const TICK = 250;
/** Ticks to wait for a first response: Canvas's mobile apps announce platform storage but never respond. */
const FIRST_RESPONSE_TICKS = 10;
/** Ticks to wait for an LMS that has responded before: its page is busy, and giving up would lose the launch. */
const NEXT_RESPONSE_TICKS = 60;
/** Ticks between attempts, because the receiver may still be loading. */
const RESEND_TICKS = 2;

const lmsWindow = window.parent === window ? window.opener : window.parent;

/**
 * Send a message repeatedly until its response arrives.
 * @param {Window} receiver
 * @param {string} origin the only origin that may read the message and respond; "*" for messages without secrets
 * @param {{subject: string, key?: string, value?: string}} message
 * @param {number} ticks how long to wait
 * @returns {Promise<Record<string, unknown>>} the response; rejects on an error or a timeout
 */
function send(receiver, origin, message, ticks) {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    let elapsed = 0;
    const settle = (/** @type {() => void} */ outcome) => {
      clearInterval(timer);
      window.removeEventListener("message", receive);
      outcome();
    };
    const receive = (/** @type {MessageEvent} */ event) => {
      const response = event.data ?? {};
      if (event.source !== receiver || (origin !== "*" && event.origin !== origin)) return;
      if (response.message_id !== id || response.subject !== `${message.subject}.response`) return;
      settle(() => (response.error ? reject(new Error(String(response.error.code))) : resolve(response)));
    };
    const tick = () => {
      if (elapsed === ticks) settle(() => reject(new Error("timeout")));
      else if (elapsed % RESEND_TICKS === 0) receiver.postMessage({ ...message, message_id: id }, origin);
      elapsed += 1;
    };
    window.addEventListener("message", receive);
    const timer = setInterval(tick, TICK);
    tick();
  });
}

/** @param {string} name a sibling frame, or "_parent" */
function frameByName(name) {
  if (name === "_parent") return lmsWindow;
  try {
    return lmsWindow.frames[name] ?? null;
  } catch {
    // A window of another site doesn't have this frame, or doesn't allow the lookup.
    return null;
  }
}

/** Find the storage frame: the one named in the login, else the one the LMS lists in its capabilities. */
async function storageFrame(target, subject) {
  const frame = frameByName(target);
  if (frame) return frame;
  const capabilities = await send(lmsWindow, "*", { subject: "lti.capabilities" }, FIRST_RESPONSE_TICKS);
  const { supported_messages: messages = [] } = capabilities;
  const entry = messages.find((message) => message.subject === subject);
  return entry ? frameByName(entry.frame ?? "_parent") : null;
}

async function exchange({ target, origin }, message, ticks) {
  const frame = lmsWindow && origin ? await storageFrame(target, message.subject) : null;
  if (!frame) throw new Error("no platform storage");
  return send(frame, origin, message, ticks);
}

/**
 * Store a value in the LMS and read it back.
 * @param {{target: string, origin: string}} storage
 * @returns {Promise<boolean>} whether the LMS has stored it
 */
export async function putData(storage, key, value) {
  try {
    await exchange(storage, { subject: "lti.put_data", key, value }, FIRST_RESPONSE_TICKS);
    const response = await exchange(storage, { subject: "lti.get_data", key }, NEXT_RESPONSE_TICKS);
    return response.value === value;
  } catch {
    return false;
  }
}

/**
 * Read a value from the LMS.
 * @param {{target: string, origin: string}} storage
 * @returns {Promise<string>} empty if the LMS doesn't have it
 */
export async function getData(storage, key) {
  try {
    const { value } = await exchange(storage, { subject: "lti.get_data", key }, NEXT_RESPONSE_TICKS);
    return typeof value === "string" ? value : "";
  } catch {
    return "";
  }
}
