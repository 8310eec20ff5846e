"""What a walk came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from sandbox.plain_browser import PlainBrowser
from sandbox.walkthrough.json_reading import as_items, as_object, as_text

API = ("/users", "/embed-sessions", "/exams", "/me")
"""Paths of Examplary's API; its pages and files are no calls."""


@dataclass(frozen=True, slots=True)
class Road:
    """Where the three parts stand: addresses without a slash at the end."""

    lms: str
    tool: str
    examplary: str


@dataclass(slots=True)
class RoadSummary:
    """Counts and names of what happened. ``packages`` are file names and their bytes, written beside the summary."""

    lms: str
    launches: list[dict[str, str]] = field(default_factory=list)
    examplary_calls: list[dict[str, object]] = field(default_factory=list)
    content_items: list[dict[str, object]] = field(default_factory=list)
    exam: str = ""
    questions_imported: int = 0
    points: float = 0.0
    question_types: dict[str, int] = field(default_factory=dict)
    import_messages: list[str] = field(default_factory=list)
    student_sees_keys: bool = False
    packages: dict[str, bytes] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return everything but the packages' bytes."""
        plain = asdict(self)
        plain["packages"] = {name: len(data) for name, data in self.packages.items()}
        return plain


def lms_state(browser: PlainBrowser, road: Road) -> dict[str, object]:
    """Return what the stand-in LMS remembers."""
    return as_object(browser.json(f"{road.lms}/_state"))


def close_the_book(browser: PlainBrowser, road: Road, summary: RoadSummary) -> None:
    """Note what both stand-ins have seen when the road is walked."""
    state = lms_state(browser, road)
    summary.launches = [
        {"message_type": as_text(each.get("message_type")), "lms": as_text(each.get("flavour"))}
        for each in as_items(state.get("launches"))
    ]
    summary.content_items = [item for each in as_items(state.get("received")) for item in as_items(each.get("items"))]
    calls = as_items(browser.json(f"{road.examplary}/_control/journal"))
    summary.examplary_calls = [call for call in calls if as_text(call.get("path")).startswith(API)]
