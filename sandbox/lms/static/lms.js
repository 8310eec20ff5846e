// What the pages of a real LMS do around a tool's frame. No state of its own.

for (const form of document.querySelectorAll("form[data-autosubmit]")) form.submit();

const canvasMessage = document.querySelector("[data-canvas-message]");
if (canvasMessage) {
  (window.opener || window.top).postMessage(JSON.parse(canvasMessage.dataset.canvasMessage), location.origin);
}

const moodleReturn = document.querySelector("[data-moodle-return]");
if (moodleReturn) {
  // As in Moodle: in a top-level window no page around this one can take the data, and this throws.
  window.parent.processContentItemReturnData(JSON.parse(moodleReturn.dataset.moodleReturn));
}

// As Canvas and others do: a tool's frame gets the height that the tool asks for.
window.addEventListener("message", (event) => {
  const frame = [...document.querySelectorAll("iframe.tool")].find((iframe) => iframe.contentWindow === event.source);
  if (!frame || typeof event.data !== "string" || !event.data.includes("lti.frameResize")) return;
  frame.style.height = `${JSON.parse(event.data).height}px`;
});

for (const button of document.querySelectorAll("button[data-dialog]")) {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.dialog);
    dialog.querySelector("iframe").src = button.dataset.src;
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => closeDialog(button.closest("dialog")));
}

function closeDialog(dialog) {
  dialog.querySelector("iframe").src = "about:blank";
  dialog.close();
}

function set(id, value) {
  const element = document.getElementById(id);
  if (element instanceof HTMLInputElement) element.value = value ?? "";
  else if (element) element.textContent = value ?? "";
}

const receivers = {
  "canvas-import"(message) {
    const item = message.content_items[0];
    if (!item || item.type !== "file") return set("flash", "Error retrieving content");
    set("file-url", item.url);
    return set("file-text", item.text);
  },
  "canvas-assignment"(message) {
    const item = message.content_items[0];
    if (!item || item.type !== "ltiResourceLink") return set("flash", "Error retrieving content");
    set("received", message.received);
    set("tool-url", item.url);
    set("assignment-name", item.title);
    if (item.lineItem) set("assignment-points", item.lineItem.scoreMaximum);
    return undefined;
  },
};

receivers["canvas-modules"] = () => location.reload();

const target = document.querySelector("[data-deep-link-target]");
if (target) {
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.data?.subject !== "LtiDeepLinkingResponse") return;
    closeDialog(target);
    set("flash", event.data.errormsg || event.data.msg || "");
    if (event.data.content_items.length > 0) receivers[target.dataset.deepLinkTarget](event.data);
  });
}

const openPage = document.getElementById("examplary-open");
if (openPage) {
  // The plugin's page: whatever the response holds, the teacher goes back to the course.
  window.processContentItemReturnData = () => location.assign(openPage.dataset.course);
}

if (document.getElementById("activity-form")) {
  window.processContentItemReturnData = (data) => {
    closeDialog(document.getElementById("tool-dialog"));
    if (data.multiple) return showSeveral(data.multiple);
    if (!data.name) return undefined;
    for (const field of document.querySelectorAll("[data-field]")) field.value = data[field.dataset.field] ?? "";
    return set("content-selected", "Content selected");
  };
}

function showSeveral(items) {
  document.getElementById("single").hidden = true;
  const list = document.getElementById("multiple");
  list.hidden = false;
  list.querySelector("ul").replaceChildren(
    ...items.map((item) => Object.assign(document.createElement("li"), { textContent: item.name })),
  );
  document.getElementById("items").value = JSON.stringify(items);
}
