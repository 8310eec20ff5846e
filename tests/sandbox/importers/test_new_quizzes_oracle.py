"""The New Quizzes oracle reads the accepted packages exactly like the gem."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from sandbox.importers import new_quizzes
from sandbox.importers.html import escape_names_in_attributes
from sandbox.importers.new_quizzes_model import NewQuizzesItem, NewQuizzesScoring

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
PACKAGES = [
    "canvas12-both.zip",
    "canvas21-plain.zip",
    "dual-canvas.imscc",
    "hostile12.zip",
    "hostile12-malformed.zip",
]


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ('<img alt="x[3]" src="a.png">', '<img alt="x&amp;#91;3&amp;#93;" src="a.png">'),
        ('<img alt="x[ 3]" src="a.png"> [3]', '<img alt="x[ 3]" src="a.png"> [3]'),
        ("<p>a &lt; [b]&nbsp;c</p>", "<p>a &lt; [b]&nbsp;c</p>"),
    ],
)
def test_names_in_brackets_are_escaped_in_attributes(html, read):
    assert escape_names_in_attributes(html) == read


def seen_scoring(scoring: object) -> list[dict]:
    if not isinstance(scoring, list):
        return []
    rows = []
    for entry in scoring:
        values = entry.get("values", entry.get("value"))
        match = isinstance(values, dict) and "item_body" not in values
        pairs = values.items() if match else [(entry.get("id"), values)]
        for ident, value in pairs:
            rows.append(
                {
                    "value": value["item_body"] if isinstance(value, dict) else value,
                    "ident": ident,
                    "parent": entry.get("parent_identifier") or entry.get("question_id"),
                    "cardinality": entry.get("rcardinality"),
                    "type": entry.get("type"),
                    "points": (entry.get("scoring_options") or {}).get("points"),
                    "algorithm": entry.get("scoring_algorithm"),
                    "margin": entry.get("margin"),
                }
            )
    return rows


def our_scoring(scoring: NewQuizzesScoring) -> dict:
    names = ("value", "ident", "parent", "cardinality", "type", "points", "algorithm", "margin")
    return {name: getattr(scoring, name) for name in names}


def seen_notes(scoring: object) -> str | None:
    return ast.literal_eval(scoring.split("=>")[1].rstrip("}")) if isinstance(scoring, str) else None


def seen_item(item: dict) -> dict:
    def choices(key: str) -> list[tuple]:
        bodies = ("body", "item_body", "itemBody")
        rows = item.get(key) or []
        return [(row["id"], next(row[name] for name in bodies if name in row)) for row in rows]

    return {
        "kind": item.get("kind"),
        "ident": item.get("id"),
        "title": item.get("title"),
        "points": item.get("points"),
        "body": item.get("body", ""),
        "shuffle": item.get("shuffle"),
        "answers": choices("answers"),
        "questions": choices("questions"),
        "stem": [
            (part["type"], part.get("value", ""), part.get("blank_id", ""), part.get("blank_name", ""))
            for part in item.get("stem") or []
        ],
        "scoring": seen_scoring(item.get("scoring")),
        "notes": seen_notes(item.get("scoring")),
        "feedback": item.get("feedback") or {},
        "answer_feedback": {
            answer["response_value"]: answer["feedback"] for answer in item.get("answer_feedback") or []
        },
        "parent_stimulus": item.get("parent_stimulus"),
        "error": (item.get("error") or "").split("\n")[0] or None,
    }


def our_item(item: NewQuizzesItem) -> dict:
    return {
        "kind": item.kind,
        "ident": item.ident,
        "title": item.title,
        "points": item.points,
        "body": item.body,
        "shuffle": item.shuffle,
        "answers": [(answer.ident, answer.body) for answer in item.answers],
        "questions": [(question.ident, question.body) for question in item.questions],
        "stem": [(part.kind, part.text, part.blank_id, part.blank_name) for part in item.stem],
        "scoring": [our_scoring(scoring) for scoring in item.scoring],
        "notes": item.grading_notes,
        "feedback": dict(item.feedback),
        "answer_feedback": dict(item.answer_feedback),
        "parent_stimulus": item.parent_stimulus,
        "error": item.error,
    }


@pytest.mark.parametrize("name", PACKAGES)
def test_reads_as_the_gem_did(name: str) -> None:
    recorded = json.loads((ACCEPTED / f"{name}.newquizzes.json").read_text())
    ours = new_quizzes.read((ACCEPTED / name).read_bytes())

    assert [(quiz.ident, quiz.title) for quiz in ours] == [(quiz["id"], quiz["title"]) for quiz in recorded]
    for quiz, expected in zip(ours, recorded, strict=True):
        for item, theirs in zip(quiz.items, expected["items"], strict=True):
            assert our_item(item) == seen_item(theirs)
