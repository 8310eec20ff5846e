"""What happens to an embed session while a teacher clicks through it: draft, generation, end."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.examplary.generate import Wishes, generate
from sandbox.examplary.store import Json, Store, StoredSession

LEVELS = (
    ("us_elementary", "Elementary school"),
    ("us_middle_school", "Middle school"),
    ("us_high_school_lower", "High school, grade 9–10"),
    ("us_high_school_upper", "High school, grade 11–12"),
    ("us_undergraduate", "Undergraduate"),
)
# Field of the forms -> preset that fills it in beforehand.
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
# "Let AI decide": says that no type is chosen, also where a preset chooses some.
ANY_TYPE = "any"
_DEFAULTS = {"title": "New test", "duration": "45", "language": "en", "numberOfQuestions": "8"}


def draft_of(session: StoredSession) -> dict[str, str]:
    """Every field: what the teacher filled in, else the preset, else a default. Lists are joined by commas."""
    presets = {name: _as_text(session.presets.get(preset)) for name, preset in FIELDS.items()}
    return {name: session.draft.get(name) or presets[name] or _DEFAULTS.get(name, "") for name in FIELDS}


def _as_text(value: Json) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None else str(value)


def wishes_of(session: StoredSession) -> Wishes:
    """The draft as the generator wants it; nonsense in a number becomes its default."""
    draft = draft_of(session)
    metadata = session.request.get("metadata")
    kinds = session.draft.get("row") or draft["questionTypes"]
    rows = session.draft.get("row", "").split(",") if session.draft.get("row") else []
    return Wishes(
        title=draft["title"],
        subject=draft["subject"],
        level=draft["studentLevel"],
        language=draft["language"],
        duration=_number(draft["duration"], 45),
        count=sum(not kind.startswith(("exam-intro", "exam-outro")) for kind in rows)
        or _number(draft["numberOfQuestions"], 8),
        types=tuple(kind.removeprefix("examplary.default.") for kind in kinds.split(",") if kind not in ("", ANY_TYPE)),
        context=draft["instructions"],
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def start(session: StoredSession, store: Store) -> None:
    """Begin to generate. A second time changes nothing."""
    with store.lock:
        if session.status == "pending" and session.ready_at is None:
            session.ready_at = store.config.clock() + timedelta(seconds=store.config.generation_seconds)


def progress(session: StoredSession, store: Store) -> float:
    """From 0 to 1."""
    if session.ready_at is None:
        return 0.0
    left = (session.ready_at - store.config.clock()).total_seconds()
    return 1.0 - max(0.0, left) / (store.config.generation_seconds or 1.0)


def finish_if_ready(session: StoredSession, store: Store) -> bool:
    """Make the exam once its time has come, also when the browser is gone; tell whether the session is over."""
    with store.lock:
        ready = session.ready_at is not None and store.config.clock() >= session.ready_at
        if session.status == "pending" and ready:
            exam = generate(wishes_of(session), store.config, store.made)
            store.made += 1
            store.exams[str(exam["id"])] = exam
            session.outputs = {"examId": exam["id"]}
            session.status = "completed"
        return session.status in ("completed", "cancelled")


def cancel(session: StoredSession, store: Store) -> None:
    """End without an exam, unless there is one already."""
    with store.lock:
        if session.status == "pending":
            session.status = "cancelled"


def return_address(session: StoredSession) -> str:
    """``returnUrl`` with status and exam id added to the query it has; empty where none was given."""
    back = session.wish("returnUrl")
    if not back:
        return ""
    parts = urlsplit(back)
    added = [("status", session.status)]
    if session.status == "completed":
        added.append(("examId", str(session.outputs.get("examId", ""))))
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True) + added)
    return urlunsplit(parts._replace(query=query))
