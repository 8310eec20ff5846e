"""What a walk came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from lti_tool.sandbox.plain_browser import PlainBrowser
from lti_tool.sandbox.road.answers import as_items, as_object


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


def examplary_journal(browser: PlainBrowser, road: Road) -> list[dict[str, object]]:
    """Return the API calls that the stand-in Examplary has heard."""
    return as_items(browser.json(f"{road.examplary}/_control/journal"))
