"""The Classic oracle reads the accepted packages exactly like Canvas's importer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.importers import canvas_classic
from sandbox.importers.classic_model import ClassicAnswer, ClassicQuestion, ClassicQuiz

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
PACKAGES = [
    "canvas12-both.zip",
    "canvas21-plain.zip",
    "dual-canvas.imscc",
    "hostile12.zip",
    "hostile12-malformed.zip",
]


def seen_answer(answer: dict, matches: dict) -> dict:
    return {
        "text": answer["text"],
        "html": answer.get("html"),
        "weight": answer.get("weight"),
        "ident": answer.get("migration_id"),
        "blank": answer.get("blank_id"),
        "comments": answer.get("comments") or "",
        "right": matches.get(answer.get("match_id")),
        "numeric_type": answer.get("numerical_answer_type"),
        "exact": answer.get("exact"),
        "margin": answer.get("margin"),
    }


def our_answer(answer: ClassicAnswer) -> dict:
    names = ("text", "html", "weight", "ident", "blank", "comments", "right", "numeric_type", "exact", "margin")
    return {name: getattr(answer, name) for name in names}


def seen_question(question: dict) -> dict:
    matches = {match["match_id"]: match["text"] for match in question.get("matches", [])}
    return {
        "type": question["question_type"],
        # A section heading has no name and a generated ident.
        "name": question.get("question_name"),
        "ident": question["migration_id"] if isinstance(question["migration_id"], str) else None,
        "text": question["question_text"],
        "points": question.get("points_possible"),
        "answers": [seen_answer(answer, matches) for answer in question.get("answers", [])],
        "matches": list(matches.values()),
        "correct": question.get("correct_comments") or "",
        "incorrect": question.get("incorrect_comments") or "",
        "neutral": question.get("neutral_comments") or "",
        "error": question.get("import_error") or question.get("qti_error"),
    }


def our_question(question: ClassicQuestion) -> dict:
    return {
        "type": question.type,
        "name": question.name if question.points is not None else None,
        "ident": question.ident if question.points is not None else None,
        "text": question.text,
        "points": question.points,
        "answers": [our_answer(answer) for answer in question.answers],
        "matches": list(question.matches),
        "correct": question.correct_comments,
        "incorrect": question.incorrect_comments,
        "neutral": question.neutral_comments,
        "error": question.error,
    }


QUIZ_FIELDS = {
    "type": "quiz_type",
    "title": "title",
    "ident": "migration_id",
    "allowed_attempts": "allowed_attempts",
    "points_possible": "points_possible",
    "time_limit": "time_limit",
    "show_correct_answers": "show_correct_answers",
    "shuffle_answers": "shuffle_answers",
    "scoring_policy": "scoring_policy",
    "available": "available",
    "total_points": "total_points",
}


def our_quiz(quiz: ClassicQuiz) -> dict:
    return {name: getattr(quiz, name) for name in QUIZ_FIELDS} | {"description": quiz.description}


@pytest.mark.parametrize("name", PACKAGES)
def test_reads_as_canvas_did(name: str) -> None:
    recorded = json.loads((ACCEPTED / f"{name}.classic.json").read_text())
    ours = canvas_classic.read((ACCEPTED / name).read_bytes())

    assert ours.package_type == recorded["package_type"]
    assert list(ours.files) == recorded["files"]
    assert list(ours.errors) == recorded["errors"]
    assert list(ours.warnings) == recorded["warnings"]
    assert list(ours.unsupported) == recorded["unsupported"]
    assert len(ours.quizzes) == len(recorded["quizzes"])
    for quiz, expected in zip(ours.quizzes, recorded["quizzes"], strict=True):
        quiz_fields = {key: expected.get(theirs) for key, theirs in QUIZ_FIELDS.items()}
        assert our_quiz(quiz) == quiz_fields | {"description": expected.get("description", "")}
        assert [our_question(question) for question in quiz.questions] == [
            seen_question(question) for question in expected["questions"]
        ]
