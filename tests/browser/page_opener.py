"""Opens a state of a page in the browser: in a frame of the LMS, or in a tab."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

OPEN_ALL = """() => {
    for (const details of document.querySelectorAll("main details:not(.confirm, .menu)")) details.open = true;
}"""
OPEN_MENUS = """() => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
}"""


@dataclass(frozen=True)
class State:
    """A page in a state, and how it is opened."""

    path: str
    fields: dict[str, str] | None = None
    """A form that is sent to ``path``; ``None``: the page is opened by its address."""
    top: bool = False
    """Whether it is opened in a tab instead of a frame of the LMS."""
    sent_from: str = ""
    """Path of our own page that sends the form in a tab; empty: a page of the LMS does."""
    account: str = ""
    """E-mail address of the console's account that is signed in; empty: none."""
    tool_fault: str = ""
    """The fault of the tool while the page is opened (``tests.browser.tool_faults``); empty: none."""
    script: str = ""
    """Done to the page before it is looked at."""


class PageOpener:
    """A window with an LMS page that only has a frame."""

    def __init__(self, page, urls):
        self.page = page
        self.urls = urls

    def resize(self, width, height):
        """Give the window a size, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def set_cookies(self, cookies):
        """Give the browser these cookies of the tool and no others, each as (name, value, path)."""
        host = urlsplit(self.urls.tool).hostname
        attributes = {"domain": host, "secure": True, "sameSite": "None"}
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [{"name": name, "value": value, "path": path} | attributes for name, value, path in cookies]
        )

    def show(self, state):
        """Open a state; return its frame."""
        frame = self._open(state)
        frame.wait_for_selector("h1", state="attached")
        if state.script:
            frame.evaluate(state.script)
        return frame

    def _open(self, state):
        url = self.urls.tool + state.path
        if state.top and state.fields is None:
            self.page.goto(url)
            return self.page.main_frame
        if state.sent_from:
            self.page.goto(self.urls.tool + state.sent_from)
            return self._send(SEND_OWN, [url, state.fields], self.page.main_frame)
        # The LMS's page stays for the next state, without the frame of this one.
        if self.page.url != f"{self.urls.lms}/stage":
            self.page.goto(f"{self.urls.lms}/stage")
        if state.top:
            return self._send(SEND, [url, state.fields, "_top"], self.page.main_frame)
        self.page.evaluate(NEW_FRAME)
        return self._send(
            SEND, [url, state.fields, "tool-frame"], self.page.query_selector("#tool-frame").content_frame()
        )

    def _send(self, script, form, frame):
        """Send a form; return the frame when it has the page with its style sheets."""
        with frame.expect_navigation():
            self.page.evaluate(script, form)
        return frame


NEW_FRAME = """() => {
    const frame = document.getElementById("tool-frame");
    frame.replaceWith(frame.cloneNode());
}"""
SEND = """([address, fields, target]) => {
    const form = Object.assign(document.createElement("form"),
        {method: fields ? "post" : "get", action: address, target});
    const query = fields ?? Object.fromEntries(new URL(address).searchParams);
    for (const [name, value] of Object.entries(query)) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    }
    document.body.append(form);
    form.submit();
    form.remove();
}"""
SEND_OWN = """([action, fields]) => {
    const form = Object.assign(document.createElement("form"), {method: "post", action});
    const token = document.querySelector("[name=csrf_token]")?.value;
    for (const [name, value] of Object.entries({...fields, ...(token && {csrf_token: token})})) {
        form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
    }
    document.body.append(form);
    form.submit();
}"""
