"""A browser without a window and without JavaScript: it opens pages, fills in forms, looks into frames.

The road of ``make demo ARGS=--once`` is walked with it, over real HTTP, through the same pages that people see. That
it can be walked at all shows that those pages need no JavaScript.
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
"""Seconds to connect, and between two bytes."""


class WorkflowError(Exception):
    """A page did not offer what the road needs next. The message is a plain sentence."""


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, and what its fields hold."""

    method: str
    action: str
    pairs: tuple[tuple[str, str], ...]
    """Names and values in their order; a name may come more than once."""
    buttons: tuple[tuple[str, str, str], ...]
    """(name, value, label) of each button that submits."""
    posts_itself: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """Each field's first value."""
        return dict(reversed(self.pairs))

    def filled(self, values: Mapping[str, str], button: str | None) -> list[tuple[str, str]]:
        """Return what is sent with ``values`` in the fields, by the button whose label contains ``button``."""
        sent = [(name, values.get(name, value)) for name, value in self.pairs]
        known = {name for name, _ in sent}
        sent += [(name, value) for name, value in values.items() if name not in known]
        pressed = [one for one in self.buttons if button and one[0] and button.lower() in one[2].lower()]
        return sent + [(name, value) for name, value, _ in pressed[:1]]

    @property
    def first_button(self) -> str | None:
        """Label of the first button, which is what the Enter key presses."""
        return self.buttons[0][2] if self.buttons else None


@dataclass(frozen=True)
class Page:
    """A page that was opened."""

    url: str
    status: int
    tree: html.HtmlElement = field(repr=False)

    @property
    def title(self) -> str:
        """The text of its ``<title>``."""
        return (self.tree.findtext(".//title") or "").strip()

    @property
    def text(self) -> str:
        """All text that it shows, with white space folded."""
        return " ".join(self.tree.text_content().split())

    def frame(self) -> str:
        """Return the address of its frame."""
        for frame in self.tree.iterfind(".//iframe"):
            if frame.get("src"):
                return urljoin(self.url, str(frame.get("src")))
        raise WorkflowError(f"The page “{self.title}” shows no frame: {self.text[:300]}")

    def has_link(self, label: str) -> bool:
        """Whether there is a link whose text contains ``label``."""
        return bool(self._links(label))

    def _links(self, label: str) -> list[str]:
        links = self.tree.iterfind(".//a[@href]")
        found = [link for link in links if label.lower() in " ".join(link.text_content().split()).lower()]
        return [urljoin(self.url, str(link.get("href"))) for link in found]

    def link(self, label: str) -> str:
        """Return the address behind the first link whose text contains ``label``."""
        if self.has_link(label):
            return self._links(label)[0]
        raise WorkflowError(f"The page “{self.title}” has no link “{label}”: {self.text[:300]}")

    def link_to(self, part: str) -> str:
        """Return the first address among the links that contains ``part``."""
        for link in self.tree.iterfind(".//a[@href]"):
            if part in str(link.get("href")):
                return urljoin(self.url, str(link.get("href")))
        raise WorkflowError(f"The page “{self.title}” has no link to “{part}”.")

    def attribute(self, name: str) -> str:
        """Return the value of the first attribute called ``name``."""
        for element in self.tree.iterfind(f".//*[@{name}]"):
            return str(element.get(name))
        raise WorkflowError(f"The page “{self.title}” does not hold what was expected: {self.text[:300]}")

    def data_address(self, part: str) -> str:
        """Return the address that a button would load into its dialog's frame."""
        for element in self.tree.iterfind(".//*[@data-src]"):
            if part in str(element.get("data-src")):
                return urljoin(self.url, str(element.get("data-src")))
        raise WorkflowError(f"The page “{self.title}” opens no dialog “{part}”.")

    def data_fields(self) -> dict[str, str]:
        """Return which form field the LMS's script fills from which value: value's name to field's name."""
        fields = self.tree.iterfind(".//*[@data-field]")
        return {str(field.get("data-field")): str(field.get("name")) for field in fields}

    @property
    def source(self) -> str:
        """The page as HTML."""
        return str(html.tostring(self.tree, encoding="unicode"))

    @property
    def posts_itself(self) -> bool:
        """Whether the page is only there to post its form."""
        return any(form.posts_itself for form in self.forms())

    def forms(self) -> list[Form]:
        """Return all forms."""
        return [_read_form(self.url, element) for element in self.tree.iterfind(".//form")]

    def offers(self, label: str) -> bool:
        """Whether a button has this label."""
        return any(label.lower() in button[2].lower() for form in self.forms() for button in form.buttons)

    @property
    def main_text(self) -> str:
        """The text of its main part."""
        main = self.tree.find(".//main")
        return self.text if main is None else " ".join(main.text_content().split())

    def main_form(self) -> Form | None:
        """Return the form that leads on: the first one with a button that does not cancel."""
        for form in self.forms():
            if form.buttons and not form.buttons[0][2].lower().startswith(("cancel", "back")):
                return form
        return None

    def form(self, wanted: str) -> Form:
        """Return the first form that has a button labelled with ``wanted``, a field of that name, or goes there."""
        for form in self.forms():
            labels = [label.lower() for _, _, label in form.buttons]
            if any(wanted.lower() in label for label in labels) or wanted in form.fields or wanted in form.action:
                return form
        raise WorkflowError(f"The page “{self.title}” has no form “{wanted}”: {self.text[:300]}")


class _LocalhostIsSafe(DefaultCookiePolicy):
    """Browsers take ``*.localhost`` for a safe place and send Secure cookies there over http."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        accepted = super().set_ok(cookie, request)
        if cookie.domain.endswith(".localhost"):
            # requests asks a policy of its own when it sends, so the mark itself has to go.
            cookie.secure = False
        return accepted


class PlainBrowser:
    """One person's browser: cookies included, third-party ones too."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.cookies.set_policy(_LocalhostIsSafe())
        self._session.headers["User-Agent"] = "plain-browser"
        self._session.headers["Accept"] = "text/html"

    def open(self, url: str) -> Page:
        """Open ``url``, following redirects."""
        return self._page(self._session.get(url, timeout=TIMEOUT))

    def download(self, url: str) -> bytes:
        """Fetch a file."""
        answer = self._session.get(url, timeout=TIMEOUT)
        if not answer.ok:
            raise WorkflowError(f"The download answered {answer.status_code}.")
        return answer.content

    def json(self, url: str) -> object:
        """Fetch JSON."""
        answer = self._session.get(url, timeout=TIMEOUT, headers={"Accept": "application/json"})
        if not answer.ok:
            raise WorkflowError(f"{urlsplit(url).path} gave no JSON ({answer.status_code}).")
        found: object = answer.json()
        return found

    def submit(
        self,
        form: Form,
        values: dict[str, str] | None = None,
        files: dict[str, tuple[str, bytes]] | None = None,
        button: str | None = None,
    ) -> Page:
        """Send ``form`` with ``values`` in its fields, by the button whose label contains ``button``."""
        fields = form.filled(values or {}, button)
        if form.method == "get":
            return self._page(self._session.get(form.action, params=fields, timeout=TIMEOUT))
        return self._page(self._session.post(form.action, data=fields, files=files, timeout=TIMEOUT))

    @staticmethod
    def _page(answer: requests.Response) -> Page:
        tree = html.document_fromstring(answer.text or "<html></html>")
        page = Page(answer.url, answer.status_code, tree)
        if answer.status_code >= 400:
            raise WorkflowError(f"{answer.status_code}: {page.text[:500]}")
        return page


def _read_form(base: str, element: html.HtmlElement) -> Form:
    return Form(
        method=(element.get("method") or "get").lower(),
        action=urljoin(base, element.get("action") or base),
        pairs=tuple((str(name), str(value)) for name, value in element.form_values()),
        buttons=tuple(_buttons(element)),
        posts_itself=element.get("data-autosubmit") is not None,
    )


def _buttons(element: html.HtmlElement) -> list[tuple[str, str, str]]:
    found = []
    for button in element.iter("button", "input"):
        kind = (button.get("type") or ("submit" if button.tag == "button" else "text")).lower()
        if kind == "submit":
            label = " ".join(button.text_content().split()) or button.get("value") or button.get("aria-label") or ""
            found.append((button.get("name") or "", button.get("value") or "", label))
    return found
