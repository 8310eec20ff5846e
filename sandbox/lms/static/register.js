// As an LMS does: the frame of a registration goes away when the tool in it says that it is done.
const frame = document.getElementById("registration");

window.addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.subject === "org.imsglobal.lti.close") {
    frame.remove();
    document.getElementById("closed").textContent = "The tool is done.";
  }
});
