// The LMS as a keeper (1EdTech LTI Client Side postMessages and Platform Storage): for frames without cookies.

const PATIENCE = 1_500;

/** @param {string} name the frame that keeps, from lti_storage_target */
function keeper(name) {
  const around = window.parent !== window ? window.parent : window.opener;
  if (!around || name === "_parent") return around;
  try {
    return around.frames[name] ?? around;
  } catch {
    return around;
  }
}

/**
 * Send a message and wait for its response; an LMS that keeps silent gives nothing.
 * @param {{target: string, origin: string}} place
 * @param {{subject: string, key: string, value?: string}} message
 * @returns {Promise<string>} the value in the response
 */
export function exchange({ target, origin }, message) {
  const id = crypto.randomUUID();
  const window_ = keeper(target);
  return new Promise((resolve) => {
    if (!window_ || !origin) return resolve("");
    const timer = setTimeout(() => resolve(""), PATIENCE);
    window.addEventListener("message", (event) => {
      const { subject, message_id, value } = event.data ?? {};
      if (event.origin !== origin || message_id !== id || subject !== `${message.subject}.response`) return;
      clearTimeout(timer);
      resolve(typeof value === "string" ? value : "");
    });
    return window_.postMessage({ ...message, message_id: id }, origin);
  });
}
