"""How fast each format is written, and with how much memory, beside text2qti on this machine in this run.

    python bench/formats.py [--exams plain rich] [--questions 500 10000] [--rounds 5] [--commands 9]

Both convert the same questions (:mod:`bench_exam`), from text in memory to a package in memory (:mod:`bench_convert`).
Every measurement has a process of its own. All take turns, so that whatever else the machine does falls on all of them;
of each the best turn counts. Times are of the CPU, in microseconds a question. ``held`` is the most that Python held at
once for the conversion (tracemalloc), ``taken`` the most that the whole process ever took, both in megabytes.

The second table is what a person waits for: the whole command, from the prompt to the file, on 500 questions.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import bench_exam
from bench_convert import PEER

HERE = Path(__file__).resolve().parent
FORMATS = ("canvas-qti", "qti21", "qti30", "moodle-xml", "common-cartridge")
CONTESTANTS = (*FORMATS, PEER)
WARM = 8
"""Questions that each process converts first: imports and caches of the program, not of the exam."""

MANY = 2_000
"""Exams of more questions are converted once a turn; smaller ones three times."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The same exams as files of both notations, the one to warm up with first."""

    ours: tuple[Path, ...]
    peers: tuple[Path, ...]

    def of(self, name: str) -> tuple[Path, ...]:
        """Return the files for a contestant."""
        return self.peers if name == PEER else self.ours


def sources(folder: Path, exam: str, count: int) -> Sources:
    """Write the exams, each with numbers of its own.

    A process of its own does it: what this one ever held, the system counts with those that it starts.
    """
    times = 1 if count > MANY else 3
    ranges = [(0, WARM), *((WARM + i * count, WARM + (i + 1) * count) for i in range(times))]
    found = Sources(
        *(tuple(folder / f"{exam}-{count}-{i}{end}" for i in range(len(ranges))) for end in (".json", ".txt"))
    )
    for (first, end), ours, peers in zip(ranges, found.ours, found.peers, strict=True):
        _run("bench_exam.py", exam, first, end, ours, peers)
    return found


def measured(name: str, what: str, files: tuple[Path, ...]) -> dict[str, float]:
    """Return what :mod:`bench_convert` measures in a process of its own."""
    found: dict[str, float] = json.loads(_run("bench_convert.py", name, what, *files))
    return found


def _run(script: str, *arguments: object) -> str:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 -- our own file


def conversions(exam: str, count: int, rounds: int) -> None:
    """Print what one exam costs in each format."""
    with tempfile.TemporaryDirectory() as folder:
        files = sources(Path(folder), exam, count)
        turns = [{name: measured(name, "time", files.of(name)) for name in CONTESTANTS} for _ in range(rounds)]
        held = {name: measured(name, "hold", files.of(name))["held"] for name in CONTESTANTS}
    best = {name: min((turn[name] for turn in turns), key=_both) for name in CONTESTANTS}
    _say(f"\n{exam} exam, {count:,} questions; CPU µs a question, MB")
    _say(f"{'':18}{'parse':>8}{'write':>8}{'both':>8}{'questions/s':>13}{'× text2qti':>12}{'held':>8}{'taken':>8}")
    for name, found in best.items():
        parse, write = (found[step] / count * 1e6 for step in ("parse", "write"))
        times = _both(best[PEER]) / _both(found)
        _say(
            f"{name:18}{parse:>8.1f}{write:>8.1f}{parse + write:>8.1f}{count / _both(found):>13,.0f}{times:>12.1f}"
            f"{held[name]:>8.1f}{found['taken']:>8.1f}"
        )


def _both(found: dict[str, float]) -> float:
    return found["parse"] + found["write"]


def commands(exam: str, rounds: int) -> None:
    """Print how long the whole commands take: ``python -m lti_tool convert``, and ``text2qti``."""
    with tempfile.TemporaryDirectory() as folder:
        files = sources(Path(folder), exam, 500)
        turns = [{name: _waited(name, files, Path(folder)) for name in CONTESTANTS} for _ in range(rounds)]
    _say(f"\n{exam} exam, 500 questions, the whole command; seconds (best and median of {rounds}, best of the CPU), MB")
    _say(f"{'':18}{'best':>8}{'median':>8}{'× text2qti':>12}{'CPU':>8}{'× text2qti':>12}{'taken':>8}")
    best = {name: [min(column) for column in zip(*(turn[name] for turn in turns), strict=True)] for name in CONTESTANTS}
    for name, (waited, cpu, taken) in best.items():
        median = statistics.median(turn[name][0] for turn in turns)
        _say(
            f"{name:18}{waited:>8.3f}{median:>8.3f}{best[PEER][0] / waited:>12.1f}"
            f"{cpu:>8.3f}{best[PEER][1] / cpu:>12.1f}{taken:>8.1f}"
        )


def _waited(name: str, files: Sources, folder: Path) -> tuple[float, float, float]:
    """Return seconds of the clock and of the CPU, and megabytes. ``HOME`` is where text2qti keeps its settings."""
    source = str(files.of(name)[1])
    ours = [sys.executable, "-m", "lti_tool", "convert", source, "--to", name, "--out", str(folder / "package")]
    command = [str(Path(sys.executable).parent / PEER), source] if name == PEER else ours
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(HERE.parent)}
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=folder) as running:  # noqa: S603
        _, status, used = os.wait4(running.pid, 0)
        waited = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{command} failed")
    return waited, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Measure the formats beside text2qti.")
    parser.add_argument("--exams", nargs="+", choices=bench_exam.EXAMS, default=[*bench_exam.EXAMS])
    parser.add_argument("--questions", nargs="+", type=int, default=[500, 10_000])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--commands", type=int, default=9, help="turns of each whole command; 0 for none")
    asked = parser.parse_args()
    for exam in asked.exams:
        for count in asked.questions:
            conversions(exam, count, asked.rounds)
        if asked.commands:
            commands(exam, asked.commands)


if __name__ == "__main__":
    main()
