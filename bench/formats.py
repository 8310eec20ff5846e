"""How fast each format is written, and with how much memory, beside text2qti on this machine in this run.

    python bench/formats.py [--questions 500 10000]

Every measurement has a process of its own. The exam mixes the eight types that Examplary makes most, without images.
text2qti gets the same questions as text; what it cannot say (ordering) it gets as an essay, which is less work.
Seconds are of the CPU, the best of three; megabytes are the most that the conversion held at once (tracemalloc).
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

FORMATS = ("canvas-qti", "qti21", "qti30", "moodle-xml", "common-cartridge")
PEER = "text2qti"
REPEATS = 3


def question(number: int) -> dict[str, object]:
    """Return question ``number``: the eight types in turn."""
    kind, title, settings, points = (
        (
            "multiple-choice-single-answer",
            "wat hoort bij “water”?",
            {"options": [f"{letter}-{number} water" for letter in "ABCD"], "correctAnswer": f"A-{number} water"},
            1,
        ),
        (
            "multiple-choice-multiple-answers",
            "kies alle juiste",
            {"options": [f"{x}{number}" for x in "pqr"], "correctAnswer": [f"p{number}", f"r{number}"]},
            2,
        ),
        ("true-false", f"{number} is even.", {"correctAnswer": str(number % 2 == 0).lower()}, 1),
        ("single-line-text", "vertaal “lucht” naar het Engels.", {"maxLength": 40}, 1),
        ("multi-line-text", "leg uit.", {}, 3),
        ("examplary.expansion.sequence", "zet op volgorde", {"options": [f"{number}.{x}" for x in "123"]}, 1),
        ("date-year", "jaartal?", {"dateType": "year", "correctAnswer": str(1000 + number % 1000)}, 1),
        ("essay", "betoog", {"minWords": 0, "maxWords": 200}, 5),
    )[number % 8]
    levels = [{"id": "l1", "title": "Correct", "points": points}, {"id": "l2", "title": "Incorrect", "points": 0}]
    return {
        "id": f"q_{number:024d}",
        "type": kind,
        "title": f"Vraag {number}: {title}",
        "description": f"<p>Leg <em>licht</em> uit (nr. {number}).</p>" if number % 2 else "",
        "settings": settings,
        "scoring": {
            "rubricType": "analytical",
            "criteria": [{"id": "c1", "title": "Correct answer selected", "levels": levels}],
        },
    }


def ours(name: str, questions: int) -> Callable[[], object]:
    """Return the conversion: from the exam's JSON to the bytes of the package."""
    from lti_tool import formats  # noqa: PLC0415 -- only the process that measures it loads it
    from lti_tool.exam import parse_exam  # noqa: PLC0415 -- only the process that measures it loads it

    raw = {"id": "exam_bench", "name": "Toets", "language": "nl", "questions": [*map(question, range(questions))]}
    source = json.dumps(raw)
    format_ = formats.get(name)

    def convert() -> None:
        with tempfile.TemporaryFile() as out:
            format_.write(parse_exam(json.loads(source)), {}, out)

    return convert


def peer_text(number: int) -> str:
    """Return the question as text2qti reads it."""
    raw = question(number)
    settings, kind = cast("dict[str, Any]", raw["settings"]), raw["type"]
    label = f"{number + 1}. "
    emphasised = f"\n\n{' ' * len(label)}Leg *licht* uit (nr. {number})." if number % 2 else ""
    stem = f"{label}{raw['title']}{emphasised}\n"
    key, options = settings.get("correctAnswer"), settings.get("options", [])
    if kind == "multiple-choice-single-answer":
        return stem + "".join(f"{'*' if x == key else ''}{'abcd'[i]}) {x}\n" for i, x in enumerate(options))
    if kind == "multiple-choice-multiple-answers":
        return stem + "".join(f"[{'*' if x in key else ' '}] {x}\n" for x in options)
    if kind == "true-false":
        return stem + "".join(
            f"{'*' if x.lower() == key else ''}{y}) {x}\n" for x, y in (("True", "a"), ("False", "b"))
        )
    return stem + (f"* {key}\n" if kind == "date-year" else "____\n")


def peer(questions: int) -> Callable[[], object]:
    """Return text2qti's conversion, from its text to the bytes of the package."""
    from text2qti.config import Config  # noqa: PLC0415 -- only the process that measures it loads it
    from text2qti.qti import QTI  # noqa: PLC0415 -- only the process that measures it loads it
    from text2qti.quiz import Quiz  # noqa: PLC0415 -- only the process that measures it loads it

    text = "Quiz title: Toets\n\n" + "\n".join(map(peer_text, range(questions)))
    config = Config()

    def convert() -> None:
        io.BytesIO(QTI(Quiz(text, config=config, source_name="bench.txt")).zip_bytes())

    return convert


def measure(name: str, questions: int) -> tuple[float, float]:
    """Return questions a second and megabytes, in this process."""
    convert = peer(questions) if name == PEER else ours(name, questions)
    if name != PEER:
        ours(name, 8)()  # imports and caches of the program itself, not of the exam
    best = min(_seconds(convert) for _ in range(1 if name == PEER and questions > 1000 else REPEATS))
    tracemalloc.start()
    convert()
    return questions / best, tracemalloc.get_traced_memory()[1] / 1e6


def _seconds(convert: Callable[[], object]) -> float:
    began = time.process_time()
    convert()
    return time.process_time() - began


def _apart(name: str, questions: int) -> tuple[float, float]:
    command = [sys.executable, str(HERE), "--one", name, str(questions)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- this file itself
    rate, memory = map(float, done.stdout.split())
    return rate, memory


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _table(sizes: list[int], with_peer: bool) -> None:
    _say(f"{'format':18}{'questions':>10}{'questions/s':>13}{'MB':>8}{'× text2qti':>12}")
    for questions in sizes:
        beside = _apart(PEER, questions) if with_peer else None
        for name in FORMATS:
            rate, memory = _apart(name, questions)
            times = f"{rate / beside[0]:.1f}" if beside else "-"
            _say(f"{name:18}{questions:>10}{rate:>13.0f}{memory:>8.1f}{times:>12}")
        if beside:
            _say(f"{PEER:18}{questions:>10}{beside[0]:>13.0f}{beside[1]:>8.1f}{'1.0':>12}")


def main() -> None:
    """Print the table, or one measurement."""
    parser = argparse.ArgumentParser(description="Measure the formats.")
    parser.add_argument("--questions", nargs="+", type=int, default=[500, 10_000])
    parser.add_argument("--without-peer", action="store_true", help="leave text2qti out")
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "QUESTIONS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        _say("{} {}".format(*measure(asked.one[0], int(asked.one[1]))))
    else:
        _table(asked.questions, not asked.without_peer)


if __name__ == "__main__":
    main()
