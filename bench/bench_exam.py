"""The benchmark exams in both notations: Examplary's JSON, and text2qti's text as its users write it.

    python bench/bench_exam.py plain|rich FROM TO FILE.json FILE.txt

Both have the same texts, formatting, formulas, options, keys and points. Parts that text2qti lacks are left out of its
text: an ordering becomes an essay there, without criteria and word limits. So it never has more work than this tool.

``plain`` has short texts, some with an emphasised word. ``rich`` is a physics test: every question has a formula,
formatting, and a list or a table. Exams of different numbers share no formula, so that no cache helps.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BenchQuestion:
    """One question. Texts are (HTML, Markdown); ``key`` are the indices of right options."""

    kind: str
    title: str
    points: int
    description: tuple[str, str] = ("", "")
    options: tuple[tuple[str, str], ...] = ()
    key: tuple[int, ...] = ()
    year: str = ""
    true: bool | None = None


SINGLE, SEVERAL = "multiple-choice-single-answer", "multiple-choice-multiple-answers"
ORDERING = "examplary.expansion.sequence"


def plain(number: int) -> BenchQuestion:
    """Return question ``number`` of the plain exam: Examplary's eight most common types, in turn."""
    letters = _same(f"{letter}-{number} water" for letter in "ABCD")
    signs = _same(f"{sign}{number}" for sign in "pqr")
    steps = _same(f"{number}.{step}" for step in ("1 eerst", "2 dan", "3 laatst"))
    best, few, own, free = (
        (f"<p>{html}</p>", html.replace("<em>", "*").replace("</em>", "*"))
        for html in (
            f"Kies het beste antwoord (nr. {number}).",
            "Er zijn er twee.",
            "Leg <em>licht</em> uit in eigen woorden.",
            "Schrijf over energie.",
        )
    )
    return (
        BenchQuestion(SINGLE, f"Vraag {number}: wat hoort bij “water”?", 1, best, letters, (0,)),
        BenchQuestion(SEVERAL, f"Vraag {number}: kies alle juiste", 2, few, signs, (0, 2)),
        BenchQuestion("true-false", f"Stelling {number}: {number} is even.", 1, true=number % 2 == 0),
        BenchQuestion("single-line-text", f"Vraag {number}: vertaal “lucht” naar het Engels.", 1),
        BenchQuestion("multi-line-text", f"Vraag {number}: leg uit.", 3, own),
        BenchQuestion(ORDERING, f"Vraag {number}: zet op volgorde", 1, options=steps),
        BenchQuestion("date-year", f"Vraag {number}: jaartal?", 1, year=str(1000 + number % 1000)),
        BenchQuestion("essay", f"Vraag {number}: betoog", 5, free),
    )[number % 8]


def rich(number: int) -> BenchQuestion:
    """Return question ``number`` of the rich exam: the same eight types, with the contents of a physics test."""
    mass, speed = 2 + number, 3 + number % 90
    energy = _formula(rf"E_k = \frac{{1}}{{2}} \cdot {mass} \cdot {speed}^2")
    force = _formula(rf"F = {mass} \cdot \sqrt{{a_x^2 + a_{{{speed}}}^2}}")
    situation = _both(
        f"<p>Een bal van <strong>{mass} kg</strong> heeft een snelheid van <em>{speed} m/s</em>. Er geldt {{}}.</p>"
        "<ul><li>Verwaarloos de <em>wrijving</em>.</li><li>Rond af op <strong>twee</strong> cijfers.</li></ul>",
        f"Een bal van **{mass} kg** heeft een snelheid van *{speed} m/s*. Er geldt {{}}.\n\n"
        "* Verwaarloos de *wrijving*.\n* Rond af op **twee** cijfers.",
        energy,
    )
    table = _both(
        f"<table><tr><th>tijd</th><th>afstand</th></tr><tr><td>1 s</td><td>{speed} m</td></tr>"
        f"<tr><td>2 s</td><td>{2 * speed} m</td></tr></table><p>Gebruik {{}}.</p>",
        f"| tijd | afstand |\n|---|---|\n| 1 s | {speed} m |\n| 2 s | {2 * speed} m |\n\nGebruik {{}}.",
        force,
    )
    formulas = tuple(_formula(rf"\frac{{{mass * part}}}{{{part + 2}}}\,\text{{J}}") for part in range(1, 5))
    words = tuple((f"<em>{noun}</em> {number}", f"*{noun}* {number}") for noun in ("massa", "snelheid", "kleur"))
    steps = tuple((f"<strong>{verb}</strong> van {number}", f"**{verb}** van {number}") for verb in ("meet", "reken"))
    return (
        BenchQuestion(SINGLE, f"Vraag {number}: hoe groot is de energie?", 1, situation, formulas, (0,)),
        BenchQuestion(SEVERAL, f"Vraag {number}: waarvan hangt dit af?", 2, table, words, (0, 1)),
        BenchQuestion("true-false", f"Stelling {number}: de bal versnelt.", 1, table, true=number % 2 == 0),
        BenchQuestion("single-line-text", f"Vraag {number}: hoe heet deze grootheid?", 1, situation),
        BenchQuestion("multi-line-text", f"Vraag {number}: laat zien hoe je dit berekent.", 3, situation),
        BenchQuestion(ORDERING, f"Vraag {number}: zet op volgorde", 1, table, steps),
        BenchQuestion("date-year", f"Vraag {number}: in welk jaar?", 1, situation, year=str(1000 + number % 1000)),
        BenchQuestion("essay", f"Vraag {number}: schrijf een verslag", 5, table),
    )[number % 8]


EXAMS: dict[str, Callable[[int], BenchQuestion]] = {"plain": plain, "rich": rich}


def examplary(name: str, numbers: range) -> dict[str, object]:
    """Return an exam of these questions in the form of ``GET /exams/{id}``."""
    questions = [_question(number, EXAMS[name](number)) for number in numbers]
    return {"id": "exam_bench", "name": "Toets", "language": "nl", "questions": questions}


def text2qti(name: str, numbers: range) -> str:
    """Return an exam of these questions in text2qti's notation, numbered from 1."""
    questions = (_text(place, EXAMS[name](number)) for place, number in enumerate(numbers, 1))
    return "Quiz title: Toets\n\n" + "\n".join(questions)


def _same(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((text, text) for text in texts)


def _formula(latex: str) -> tuple[str, str]:
    return f"<inline-math>{latex}</inline-math>", f"${latex}$"


def _both(html: str, markdown: str, formula: tuple[str, str]) -> tuple[str, str]:
    return html.replace("{}", formula[0]), markdown.replace("{}", formula[1])


def _question(number: int, question: BenchQuestion) -> dict[str, object]:
    levels = [
        {"id": "c1l1", "title": "Correct", "points": question.points},
        {"id": "c1l2", "title": "Incorrect", "points": 0},
    ]
    return {
        "id": f"q_{number:024d}",
        "v": 1,
        "type": question.kind,
        "title": question.title,
        "description": question.description[0],
        "settings": _settings(question),
        "scoring": {
            "rubricType": "analytical",
            "criteria": [{"id": "c1", "title": "Correct answer selected", "levels": levels}],
        },
        "tags": [],
        "externalId": None,
        "metadata": {},
    }


def _settings(question: BenchQuestion) -> dict[str, object]:
    options = [html for html, _ in question.options]
    right = [options[place] for place in question.key]
    settings: dict[str, dict[str, object]] = {
        SINGLE: {"options": options, "correctAnswer": "".join(right), "shuffleAnswers": True},
        SEVERAL: {"options": options, "correctAnswer": right, "shuffleAnswers": True},
        "true-false": {"correctAnswer": str(question.true).lower()},
        "single-line-text": {"maxLength": 40},
        ORDERING: {"options": options},
        "date-year": {"dateType": "year", "correctAnswer": question.year},
        "essay": {"minWords": 0, "maxWords": 200},
    }
    return settings.get(question.kind, {})


def _text(place: int, question: BenchQuestion) -> str:
    label = f"{place}. "
    more = "".join(f"{' ' * len(label)}{line}\n" if line else "\n" for line in question.description[1].split("\n"))
    stem = f"Points: {question.points}\n{label}{question.title}\n" + (f"\n{more}" if question.description[1] else "")
    texts = [markdown for _, markdown in question.options]
    if question.kind == SINGLE:
        return stem + "".join(f"{'*' * (i in question.key)}{'abcd'[i]}) {text}\n" for i, text in enumerate(texts))
    if question.kind == SEVERAL:
        return stem + "".join(f"[{'*' if i in question.key else ' '}] {text}\n" for i, text in enumerate(texts))
    if question.kind == "true-false":
        return stem + f"{'*' * bool(question.true)}a) True\n{'*' * (not question.true)}b) False\n"
    if question.kind == ORDERING:
        return stem + "".join(f"\n{' ' * len(label)}* {text}" for text in texts) + "\n____\n"
    return stem + (f"* {question.year}\n" if question.year else "____\n")


if __name__ == "__main__":
    _, exam, first, end, ours, peers = sys.argv
    numbers = range(int(first), int(end))
    Path(ours).write_text(json.dumps(examplary(exam, numbers)))
    Path(peers).write_text(text2qti(exam, numbers))
