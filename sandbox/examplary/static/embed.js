// Tells the page that frames this one how the session ended, then goes to the return address if there is one.
const { status, examId, origin, returnUrl } = document.getElementById("result").dataset;

if (origin && window.parent !== window) {
  const outputs = examId ? { examId } : {};
  window.parent.postMessage({ type: "examplary:embed-status-update", status, outputs }, origin);
}
if (returnUrl) {
  setTimeout(() => window.location.replace(returnUrl), 500);
}
