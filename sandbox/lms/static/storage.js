// Canvas's platform storage (1EdTech lti-pm-s): a value belongs to the origin that put it, and lives as long as the page.
// Runs in the page around the tool and in the hidden frame beside it; which one keeps is a switch of the stand-in.

const { place, storage } = document.currentScript.dataset;
const keeps = storage === "parent" ? place === "page" : place === "frame" && storage !== "silent" && storage !== "off";
const namesKeeper = place === "page" && (storage === "frame" || storage === "elsewhere");
const kept = new Map();
/** Milliseconds until an answer, by subject. */
const SLOW = { "lti.put_data": 1_500, "lti.get_data": 4_000 };
let deaf = storage === "late" ? 2 : 0;

function answer(event, fields) {
  const { source, origin } = event;
  const { subject, message_id } = event.data;
  const say = () => source.postMessage({ subject: `${subject}.response`, message_id, ...fields }, origin);
  setTimeout(say, storage === "slow" ? (SLOW[subject] ?? 0) : 0);
}

function capabilities() {
  const frame = storage === "parent" ? "_parent" : "post_message_forwarding";
  return [{ subject: "lti.capabilities" }, ...["lti.put_data", "lti.get_data"].map((subject) => ({ subject, frame }))];
}

window.addEventListener("message", (event) => {
  const { subject, key, value } = event.data ?? {};
  const shelf = `${event.origin} ${key}`;
  if (subject === "lti.capabilities" && (keeps || namesKeeper)) {
    answer(event, { supported_messages: capabilities() });
  } else if (!keeps || (subject !== "lti.put_data" && subject !== "lti.get_data")) {
    return;
  } else if (deaf > 0) {
    deaf -= 1;
  } else if (storage === "refusing") {
    answer(event, { key, error: { code: "storage_exhaustion", message: "There is no room left." } });
  } else if (subject === "lti.get_data") {
    answer(event, { key, value: kept.get(shelf) ?? null });
  } else {
    if (value === null || value === undefined) kept.delete(shelf);
    else kept.set(shelf, value);
    answer(event, { key, value });
  }
});
