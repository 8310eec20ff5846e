// Canvas's platform storage (1EdTech lti-pm-s): a value belongs to the origin that put it, and lives as long as the page.

const kept = new Map();

function answer(event, fields) {
  event.source.postMessage(
    { subject: `${event.data.subject}.response`, message_id: event.data.message_id, ...fields },
    event.origin,
  );
}

window.addEventListener("message", (event) => {
  const { subject, key, value } = event.data ?? {};
  const place = `${event.origin} ${key}`;
  if (subject === "lti.capabilities") {
    const supported = ["lti.capabilities", "lti.put_data", "lti.get_data"];
    answer(event, { supported_messages: supported.map((name) => ({ subject: name, frame: window.name })) });
  } else if (subject === "lti.put_data") {
    if (value === null || value === undefined) kept.delete(place);
    else kept.set(place, value);
    answer(event, { key, value });
  } else if (subject === "lti.get_data") {
    answer(event, { key, value: kept.get(place) ?? null });
  }
});
