"""Result of a workflow run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from sandbox.base_urls import BaseUrls
from sandbox.plain_browser import PlainBrowser
from sandbox.workflow.json_values import as_items, as_object, as_text

API_PATHS = ("/users", "/embed-sessions", "/exams", "/me")
"""Examplary's API, as opposed to its pages and files."""


@dataclass(slots=True)
class WorkflowSummary:
    """Everything that the LMS and Examplary recorded. ``packages`` maps file names to contents."""

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

    def add_question(self, kind: str, points: object) -> None:
        """Count an imported question of a type; ``points`` that aren't a number count as none."""
        self.questions_imported += 1
        self.question_types[kind] = self.question_types.get(kind, 0) + 1
        self.points += float(points) if isinstance(points, int | float) else 0.0

    def to_json(self) -> dict[str, object]:
        """Return the summary with the packages' sizes instead of their contents."""
        plain = asdict(self)
        plain["packages"] = {name: len(data) for name, data in self.packages.items()}
        return plain


def lms_state(browser: PlainBrowser, urls: BaseUrls) -> dict[str, object]:
    """Return the state of the LMS."""
    return as_object(browser.json(f"{urls.lms}/_state"))


def record_calls(browser: PlainBrowser, urls: BaseUrls, summary: WorkflowSummary) -> None:
    """Add the launches, content items and API calls that the LMS and Examplary recorded."""
    state = lms_state(browser, urls)
    summary.launches = [
        {"message_type": as_text(launch.get("message_type")), "lms": as_text(launch.get("flavour"))}
        for launch in as_items(state.get("launches"))
    ]
    summary.content_items = [
        item for response in as_items(state.get("received")) for item in as_items(response.get("items"))
    ]
    calls = as_items(browser.json(f"{urls.examplary}/_control/journal"))
    summary.examplary_calls = [call for call in calls if as_text(call.get("path")).startswith(API_PATHS)]
