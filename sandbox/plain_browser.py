"""A browser without JavaScript: opens pages, submits forms, follows frames.

``make demo ARGS=--once`` uses it to run the workflow over HTTP through the pages that people use, which shows that
these pages work without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import Cookie, DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit
from urllib.request import Request

import requests
from lxml import html

TIMEOUT = (5, 60)
"""Connect and read timeout in seconds."""


class WorkflowError(Exception):
    """A page lacks what the workflow needs next. The message is a sentence."""


@dataclass(frozen=True)
class Form:
    """A form of a page with its target and field values."""

    method: str
    action: str
    pairs: tuple[tuple[str, str], ...]
    """Names and values in order; names may repeat."""
    buttons: tuple[tuple[str, str, str], ...]
    """(name, value, label) of each submit button."""
    is_self_submitting: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """The first value of each field."""
        return dict(reversed(self.pairs))

    def filled(self, values: Mapping[str, str], button: str | None) -> list[tuple[str, str]]:
        """Return the fields to send with ``values``, submitted by the button whose label contains ``button``."""
        fields = [(name, values.get(name, value)) for name, value in self.pairs]
        names = {name for name, _ in fields}
        fields += [(name, value) for name, value in values.items() if name not in names]
        pressed = [
            (name, value) for name, value, label in self.buttons if button and name and button.lower() in label.lower()
        ]
        return fields + pressed[:1]

    @property
    def first_button(self) -> str | None:
        """Label of the first button, which the Enter key presses."""
        return self.buttons[0][2] if self.buttons else None


@dataclass(frozen=True)
class Page:
    """An opened page."""

    url: str
    status: int
    tree: html.HtmlElement = field(repr=False)

    @property
    def title(self) -> str:
        """Text of the ``<title>``."""
        return (self.tree.findtext(".//title") or "").strip()

    @property
    def text(self) -> str:
        """Text of the page with collapsed white space."""
        return " ".join(self.tree.text_content().split())

    def frame(self) -> str:
        """Return the URL of the page's frame."""
        for frame in self.tree.iterfind(".//iframe"):
            if frame.get("src"):
                return urljoin(self.url, str(frame.get("src")))
        raise WorkflowError(f"The page “{self.title}” shows no frame: {self.text[:300]}")

    def has_link(self, label: str) -> bool:
        """Return whether there is a link whose text contains ``label``."""
        return bool(self._links(label))

    def _links(self, label: str) -> list[str]:
        links = self.tree.iterfind(".//a[@href]")
        matching = [link for link in links if label.lower() in " ".join(link.text_content().split()).lower()]
        return [urljoin(self.url, str(link.get("href"))) for link in matching]

    def link(self, label: str) -> str:
        """Return the URL of the first link whose text contains ``label``."""
        if self.has_link(label):
            return self._links(label)[0]
        raise WorkflowError(f"The page “{self.title}” has no link “{label}”: {self.text[:300]}")

    def link_to(self, part: str) -> str:
        """Return the first link's URL that contains ``part``."""
        for link in self.tree.iterfind(".//a[@href]"):
            if part in str(link.get("href")):
                return urljoin(self.url, str(link.get("href")))
        raise WorkflowError(f"The page “{self.title}” has no link to “{part}”.")

    def attribute(self, name: str) -> str:
        """Return the value of the first attribute called ``name``."""
        for element in self.tree.iterfind(f".//*[@{name}]"):
            return str(element.get(name))
        raise WorkflowError(f"The page “{self.title}” has no attribute “{name}”: {self.text[:300]}")

    def data_address(self, part: str) -> str:
        """Return the URL that a button loads into its dialog's frame."""
        for element in self.tree.iterfind(".//*[@data-src]"):
            if part in str(element.get("data-src")):
                return urljoin(self.url, str(element.get("data-src")))
        raise WorkflowError(f"The page “{self.title}” opens no dialog “{part}”.")

    def data_fields(self) -> dict[str, str]:
        """Return the form fields that the LMS's script fills: value name to field name."""
        fields = self.tree.iterfind(".//*[@data-field]")
        return {str(field.get("data-field")): str(field.get("name")) for field in fields}

    @property
    def source(self) -> str:
        """The page as HTML."""
        return str(html.tostring(self.tree, encoding="unicode"))

    @property
    def is_self_submitting(self) -> bool:
        """Whether the page submits its form automatically."""
        return any(form.is_self_submitting for form in self.forms())

    def forms(self) -> list[Form]:
        """Return all forms."""
        return [_read_form(self.url, element) for element in self.tree.iterfind(".//form")]

    @property
    def main_text(self) -> str:
        """Text of the ``<main>`` element."""
        main = self.tree.find(".//main")
        return self.text if main is None else " ".join(main.text_content().split())

    def main_form(self) -> Form | None:
        """Return the first form whose button doesn't cancel."""
        for form in self.forms():
            if form.buttons and not form.buttons[0][2].lower().startswith(("cancel", "back")):
                return form
        return None

    def form_to(self, step: str) -> Form:
        """Return the first form whose action ends in ``/step``, whatever the text on its button."""
        form = self._form_to(step)
        if form is None:
            raise WorkflowError(f"The page “{self.title}” has no form to “{step}”: {self.text[:300]}")
        return form

    def has_form_to(self, step: str) -> bool:
        """Return whether there is a form whose action ends in ``/step``."""
        return self._form_to(step) is not None

    def _form_to(self, step: str) -> Form | None:
        return next((form for form in self.forms() if urlsplit(form.action).path.endswith(f"/{step}")), None)

    def form(self, key: str) -> Form:
        """Return the first form with a button label, a field name or an action that matches ``key``."""
        for form in self.forms():
            labels = [label.lower() for _, _, label in form.buttons]
            if any(key.lower() in label for label in labels) or key in form.fields or key in form.action:
                return form
        raise WorkflowError(f"The page “{self.title}” has no form “{key}”: {self.text[:300]}")


class _LocalhostCookiePolicy(DefaultCookiePolicy):
    """Like browsers, send Secure cookies to ``*.localhost`` over http too."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        accepted = super().set_ok(cookie, request)
        if cookie.domain.endswith(".localhost"):
            # requests uses another policy for sending, so the attribute itself has to go.
            cookie.secure = False
        return accepted


def localhost_session() -> requests.Session:
    """Return a session that keeps cookies of ``*.localhost`` as browsers do."""
    session = requests.Session()
    session.cookies.set_policy(_LocalhostCookiePolicy())
    return session


class PlainBrowser:
    """One person's browser, with cookies, including third-party ones."""

    def __init__(self) -> None:
        self._session = localhost_session()
        self._session.headers["User-Agent"] = "plain-browser"
        self._session.headers["Accept"] = "text/html"

    def open(self, url: str) -> Page:
        """Open ``url``, following redirects."""
        return self._page(self._session.get(url, timeout=TIMEOUT))

    def download(self, url: str) -> bytes:
        """Fetch a file."""
        response = self._session.get(url, timeout=TIMEOUT)
        if not response.ok:
            raise WorkflowError(f"The download failed with status {response.status_code}.")
        return response.content

    def json(self, url: str) -> object:
        """Fetch JSON."""
        response = self._session.get(url, timeout=TIMEOUT, headers={"Accept": "application/json"})
        if not response.ok:
            raise WorkflowError(f"{urlsplit(url).path} returned no JSON ({response.status_code}).")
        document: object = response.json()
        return document

    def submit(
        self,
        form: Form,
        values: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        button: str | None = None,
    ) -> Page:
        """Submit ``form`` with ``values`` in its fields, by the button whose label contains ``button``."""
        fields = form.filled(values or {}, button)
        if form.method == "get":
            return self._page(self._session.get(form.action, params=fields, timeout=TIMEOUT))
        return self._page(self._session.post(form.action, data=fields, files=files, timeout=TIMEOUT))

    @staticmethod
    def _page(response: requests.Response) -> Page:
        tree = html.document_fromstring(response.text or "<html></html>")
        page = Page(response.url, response.status_code, tree)
        if response.status_code >= 400:
            raise WorkflowError(f"{response.status_code}: {page.text[:500]}")
        return page


def _read_form(base: str, element: html.HtmlElement) -> Form:
    return Form(
        method=(element.get("method") or "get").lower(),
        action=urljoin(base, element.get("action") or base),
        pairs=tuple((str(name), str(value)) for name, value in element.form_values()),
        buttons=tuple(_buttons(element)),
        is_self_submitting=element.get("data-autosubmit") is not None,
    )


def _buttons(element: html.HtmlElement) -> list[tuple[str, str, str]]:
    buttons = []
    for button in element.iter("button", "input"):
        kind = (button.get("type") or ("submit" if button.tag == "button" else "text")).lower()
        if kind == "submit":
            label = " ".join(button.text_content().split()) or button.get("value") or button.get("aria-label") or ""
            buttons.append((button.get("name") or "", button.get("value") or "", label))
    return buttons
