"""The editor of the flow edit-exam: every edit is saved live, and the session has no end of its own."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from sandbox.examplary.embed_session import edits_exam
from sandbox.examplary.store import Json, JsonObject, Store, StoredSession, iso_time, new_id


def edited_exam(session: StoredSession, store: Store) -> JsonObject | None:
    """Return the exam that the session edits; ``None`` if there is none any more."""
    return store.exams.get(str(session.presets.get("examId"))) if edits_exam(session) else None


def edit(session: StoredSession, store: Store, form: Mapping[str, str]) -> None:
    """Save the fields of a form: ``title``, ``title-<id>`` and ``delete-<id>`` of each question, ``add``."""
    with store.lock:
        exam = edited_exam(session, store)
        if exam is None:
            return
        # A copy, so that a response that is being sent doesn't change halfway.
        changed = deepcopy(exam)
        changed["name"] = form.get("title") or exam["name"]
        questions = [
            _edited(question, form) for question in _questions(changed) if f"delete-{question['id']}" not in form
        ]
        if "add" in form:
            questions.append(_new_question(form.get("new") or "A new question"))
        changed["questions"] = list[Json](questions)
        changed["updatedAt"] = iso_time(store.config.clock())
        store.exams[str(exam["id"])] = changed


def _questions(exam: JsonObject) -> list[JsonObject]:
    questions = exam["questions"]
    return [question for question in questions if isinstance(question, dict)] if isinstance(questions, list) else []


def _edited(question: JsonObject, form: Mapping[str, str]) -> JsonObject:
    title = form.get(f"title-{question['id']}", question["title"])
    if title == question["title"]:
        return question
    version = question.get("v")
    return question | {"title": title, "v": version + 1 if isinstance(version, int) else 2}


def _new_question(title: str) -> JsonObject:
    levels: list[Json] = [{"id": "l1", "title": "Right", "points": 1}, {"id": "l2", "title": "Wrong", "points": 0}]
    return {
        "id": new_id("q"),
        "v": 1,
        "type": "true-false",
        "title": title,
        "description": "",
        "settings": {"correctAnswer": "true"},
        "scoring": {"rubricType": "analytical", "criteria": [{"id": "c1", "title": "Right", "levels": levels}]},
        "tags": [],
        "externalId": None,
        "metadata": {},
    }
