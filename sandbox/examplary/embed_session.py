"""The course of an embed session: draft, generation, completion."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.examplary.generate import ExamOptions, generate
from sandbox.examplary.store import Json, Store, StoredSession

LEVELS = (
    ("us_elementary", "Elementary school"),
    ("us_middle_school", "Middle school"),
    ("us_high_school_lower", "High school, grade 9–10"),
    ("us_high_school_upper", "High school, grade 11–12"),
    ("us_undergraduate", "Undergraduate"),
)
# Form fields, each with the preset that provides its default.
FIELDS = {
    "title": "name",
    "studentLevel": "studentLevel",
    "sourceText": "",
    "duration": "intendedDuration",
    "questionTypes": "allowedGenerationQuestionTypes",
    "subject": "subject",
    "language": "language",
    "numberOfQuestions": "",
    "instructions": "context",
}
# The option "Let AI decide", which overrides a preset.
ANY_TYPE = "any"
_DEFAULTS = {"title": "New test", "duration": "45", "language": "en", "numberOfQuestions": "8"}


def draft_of(session: StoredSession) -> dict[str, str]:
    """Return all fields: the teacher's value, or the preset, or a default. Lists are comma-separated."""
    presets = {name: _as_text(session.presets.get(preset)) for name, preset in FIELDS.items()}
    return {name: session.draft.get(name) or presets[name] or _DEFAULTS.get(name, "") for name in FIELDS}


def _as_text(value: Json) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None else str(value)


def options_of(session: StoredSession) -> ExamOptions:
    """Return the draft as options for the generator; an invalid number becomes its default."""
    draft = draft_of(session)
    metadata = session.request.get("metadata")
    rows = _split(session.draft.get("row", ""))
    kinds = rows or _split(draft["questionTypes"])
    question_count = sum(not kind.startswith(("exam-intro", "exam-outro")) for kind in rows)
    return ExamOptions(
        title=draft["title"],
        subject=draft["subject"],
        level=draft["studentLevel"],
        language=draft["language"],
        duration=_number(draft["duration"], 45),
        count=question_count or _number(draft["numberOfQuestions"], 8),
        types=tuple(kind.removeprefix("examplary.default.") for kind in kinds if kind != ANY_TYPE),
        context=draft["instructions"],
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else default


def edits_exam(session: StoredSession) -> bool:
    """Return whether the session edits an exam. Such a session never completes: edits are saved live."""
    return session.text("flow") == "edit-exam"


def start(session: StoredSession, store: Store) -> None:
    """Start the generation, unless it has started."""
    with store.lock:
        if session.status == "pending" and session.ready_at is None and not edits_exam(session):
            session.ready_at = store.config.clock() + timedelta(seconds=store.config.generation_seconds)


def progress(session: StoredSession, store: Store) -> float:
    """Return the progress, from 0 to 1."""
    if session.ready_at is None:
        return 0.0
    remaining = (session.ready_at - store.config.clock()).total_seconds()
    return 1.0 - max(0.0, remaining) / (store.config.generation_seconds or 1.0)


def finish_if_ready(session: StoredSession, store: Store) -> bool:
    """Generate the exam when it is due, with or without a browser; return whether the session has ended."""
    with store.lock:
        ready = session.ready_at is not None and store.config.clock() >= session.ready_at
        if session.status == "pending" and ready:
            exam = generate(options_of(session), store.config, store.exam_count)
            store.exam_count += 1
            store.exams[str(exam["id"])] = exam
            store.editors[str(exam["id"])] = session.request["actor"]
            session.outputs = {"examId": exam["id"]}
            session.status = "completed"
        return session.status in ("completed", "cancelled")


def cancel(session: StoredSession, store: Store) -> None:
    """Cancel the session unless it has ended."""
    with store.lock:
        if session.status == "pending":
            session.status = "cancelled"


def return_url(session: StoredSession) -> str:
    """Return ``returnUrl`` with status and exam id in its query; empty if the session has none."""
    url = session.text("returnUrl")
    if not url:
        return ""
    parts = urlsplit(url)
    parameters = [("status", session.status)]
    if session.status == "completed":
        parameters.append(("examId", str(session.outputs.get("examId", ""))))
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True) + parameters)
    return urlunsplit(parts._replace(query=query))
