// Tells the LMS how high our page is, so that there is one scrollbar and not two. It learns nothing else.

let told = 0;

function tell() {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  const whole = document.body.classList.contains("embed") ? 900 : Math.max(height, 400);
  if (whole === told) return;
  told = whole;
  window.parent.postMessage(JSON.stringify({ subject: "lti.frameResize", height: whole }), "*");
}

if (window.parent !== window) new ResizeObserver(tell).observe(document.body);
