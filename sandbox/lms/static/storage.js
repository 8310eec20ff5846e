// Canvas's platform storage (1EdTech lti-pm-s): a value belongs to the origin that put it, and lives as long as the page.
// Runs in the page around the tool and in the hidden frame beside it; a switch of the stand-in decides which one stores.

const { place, storage } = document.currentScript.dataset;
const isStore = storage === "parent" ? place === "page" : place === "frame" && storage !== "silent" && storage !== "off";
const namesStore = place === "page" && (storage === "frame" || storage === "elsewhere");
const values = new Map();
/** Milliseconds until an answer, by subject. */
const SLOW = { "lti.put_data": 1_500, "lti.get_data": 4_000 };
let messagesToIgnore = storage === "late" ? 2 : 0;

function answer(event, fields) {
  const { source, origin } = event;
  const { subject, message_id } = event.data;
  const send = () => source.postMessage({ subject: `${subject}.response`, message_id, ...fields }, origin);
  setTimeout(send, storage === "slow" ? (SLOW[subject] ?? 0) : 0);
}

function capabilities() {
  const frame = storage === "parent" ? "_parent" : "post_message_forwarding";
  return [{ subject: "lti.capabilities" }, ...["lti.put_data", "lti.get_data"].map((subject) => ({ subject, frame }))];
}

window.addEventListener("message", (event) => {
  const { subject, key, value } = event.data ?? {};
  const slot = `${event.origin} ${key}`;
  if (subject === "lti.capabilities" && (isStore || namesStore)) {
    answer(event, { supported_messages: capabilities() });
  } else if (!isStore || (subject !== "lti.put_data" && subject !== "lti.get_data")) {
    return;
  } else if (messagesToIgnore > 0) {
    messagesToIgnore -= 1;
  } else if (storage === "refusing") {
    answer(event, { key, error: { code: "storage_exhaustion", message: "There is no room left." } });
  } else if (subject === "lti.get_data") {
    answer(event, { key, value: values.get(slot) ?? null });
  } else {
    if (value === null || value === undefined) values.delete(slot);
    else values.set(slot, value);
    answer(event, { key, value });
  }
});
