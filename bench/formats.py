"""Speed and memory of each format, compared with text2qti on the same machine in the same run.

    python bench/formats.py [--exams plain rich] [--questions 500 10000] [--rounds 5] [--commands 9]

Both convert the same questions (:mod:`bench_exam`), from text in memory to a package in memory (:mod:`bench_convert`).
Every measurement runs in its own process. The contestants take turns, so that other load on the machine affects all of
them, and the best turn counts. Times are CPU times, in microseconds per question. ``peak`` is Python's peak for the
conversion (tracemalloc), ``rss`` the peak of the whole process, both in megabytes.

The second table is the time that a person waits: the whole command, from the prompt to the file, for 500 questions.

At the end, each budget is met or missed; if one is missed, the exit status is 1.
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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import bench_exam
from bench_convert import PEER
from budgets import Budget, exit_by

HERE = Path(__file__).resolve().parent
FORMATS = ("canvas-qti", "qti21", "qti30", "moodle-xml", "common-cartridge")
CONTESTANTS = (*FORMATS, PEER)
WARM_UP_QUESTIONS = 8
"""Questions that each process converts first, to warm up imports and caches of the program."""

MANY = 2_000
"""Larger exams are converted once per turn, smaller ones three times."""

USUAL, LARGE = 500, 10_000
"""Numbers of questions for which there are budgets."""

MIN_SPEEDS: Mapping[str, float] = {"plain": 3.5, "rich": 6.0}
"""Each format converts :data:`USUAL` questions of an exam at least this many times as fast as text2qti."""

MAX_GROWTH = 1.5
"""In each format, a question of a :data:`LARGE` exam costs at most this many times one of a :data:`USUAL` exam."""

Costs = Mapping[str, float]
"""CPU seconds per question of each contestant."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The same exams as files of both notations, the warm-up exam first."""

    ours: tuple[Path, ...]
    peers: tuple[Path, ...]

    def of(self, name: str) -> tuple[Path, ...]:
        """Return the files for a contestant."""
        return self.peers if name == PEER else self.ours


def sources(folder: Path, exam: str, count: int) -> Sources:
    """Write the exams, each with different question numbers.

    A separate process writes them, because a child process inherits the peak memory of its parent.
    """
    exam_count = 1 if count > MANY else 3
    starts = [WARM_UP_QUESTIONS + number * count for number in range(exam_count)]
    ranges = [(0, WARM_UP_QUESTIONS), *((start, start + count) for start in starts)]
    stems = [f"{exam}-{count}-{number}" for number in range(len(ranges))]
    ours = tuple(folder / f"{stem}.json" for stem in stems)
    peers = tuple(folder / f"{stem}.txt" for stem in stems)
    for (first, end), our_file, peer_file in zip(ranges, ours, peers, strict=True):
        _run("bench_exam.py", exam, first, end, our_file, peer_file)
    return Sources(ours, peers)


def measured(name: str, measure: str, files: tuple[Path, ...]) -> dict[str, float]:
    """Run :mod:`bench_convert` in a separate process and return its measurements."""
    measurements: dict[str, float] = json.loads(_run("bench_convert.py", name, measure, *files))
    return measurements


def _run(script: str, *arguments: object) -> str:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def conversions(exam: str, count: int, rounds: int) -> Costs:
    """Print and return the cost of one exam in each format."""
    with tempfile.TemporaryDirectory() as folder:
        files = sources(Path(folder), exam, count)
        turns = [{name: measured(name, "time", files.of(name)) for name in CONTESTANTS} for _ in range(rounds)]
        peaks = {name: measured(name, "memory", files.of(name))["peak"] for name in CONTESTANTS}
    best = {name: min((turn[name] for turn in turns), key=_both) for name in CONTESTANTS}
    _say(f"\n{exam} exam, {count:,} questions; CPU µs per question, MB")
    _say(f"{'':18}{'parse':>8}{'write':>8}{'both':>8}{'questions/s':>13}{'× text2qti':>12}{'peak':>8}{'rss':>8}")
    for name, measurements in best.items():
        parse, write = (measurements[step] / count * 1e6 for step in ("parse", "write"))
        ratio = _both(best[PEER]) / _both(measurements)
        speed = count / _both(measurements)
        _say(
            f"{name:18}{parse:>8.1f}{write:>8.1f}{parse + write:>8.1f}{speed:>13,.0f}{ratio:>12.1f}"
            f"{peaks[name]:>8.1f}{measurements['rss']:>8.1f}"
        )
    return {name: _both(measurements) / count for name, measurements in best.items()}


def _both(measurements: dict[str, float]) -> float:
    return measurements["parse"] + measurements["write"]


def commands(exam: str, rounds: int) -> None:
    """Print the duration of the whole commands: ``python -m lti_tool convert`` and ``text2qti``."""
    with tempfile.TemporaryDirectory() as folder:
        files = sources(Path(folder), exam, USUAL)
        turns = [{name: _waited(name, files, Path(folder)) for name in CONTESTANTS} for _ in range(rounds)]
    _say(f"\n{exam} exam, {USUAL} questions, the whole command")
    _say(f"seconds (best and median of {rounds}, best of the CPU), MB")
    _say(f"{'':18}{'best':>8}{'median':>8}{'× text2qti':>12}{'CPU':>8}{'× text2qti':>12}{'rss':>8}")
    best = {name: [min(column) for column in zip(*(turn[name] for turn in turns), strict=True)] for name in CONTESTANTS}
    for name, (waited, cpu, peak) in best.items():
        median = statistics.median(turn[name][0] for turn in turns)
        _say(
            f"{name:18}{waited:>8.3f}{median:>8.3f}{best[PEER][0] / waited:>12.1f}"
            f"{cpu:>8.3f}{best[PEER][1] / cpu:>12.1f}{peak:>8.1f}"
        )


def budgets(exam: str, costs: Mapping[int, Costs]) -> Iterator[Budget]:
    """Yield the budgets of one exam for which it was measured, by number of questions, each with its worst format."""
    if USUAL not in costs:
        return
    usual = costs[USUAL]
    speed, slowest = min((usual[PEER] / usual[name], name) for name in FORMATS)
    least = MIN_SPEEDS[exam]
    result = f"{exam}, {USUAL} questions: {slowest} is {speed:.2f} × as fast as {PEER} (at least {least})"
    yield Budget(result, met=speed >= least)
    if LARGE in costs:
        growth, worst = max((costs[LARGE][name] / usual[name], name) for name in FORMATS)
        result = f"{exam}, {LARGE:,} questions: one costs {worst} {growth:.2f} × one of {USUAL} (at most {MAX_GROWTH})"
        yield Budget(result, met=growth <= MAX_GROWTH)


def _waited(name: str, files: Sources, folder: Path) -> tuple[float, float, float]:
    """Return wall clock seconds, CPU seconds and megabytes. text2qti keeps its settings in ``HOME``."""
    source = str(files.of(name)[1])
    ours = [sys.executable, "-m", "lti_tool", "convert", source, "--to", name, "--out", str(folder / "package")]
    command = [str(Path(sys.executable).parent / PEER), source] if name == PEER else ours
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(HERE.parent)}
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=folder) as running:
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
    """Print the tables and the budgets."""
    parser = argparse.ArgumentParser(description="Measure the formats beside text2qti.")
    parser.add_argument("--exams", nargs="+", choices=bench_exam.EXAMS, default=[*bench_exam.EXAMS])
    parser.add_argument("--questions", nargs="+", type=int, default=[USUAL, LARGE])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--commands", type=int, default=9, help="turns of each whole command; 0 for none")
    options = parser.parse_args()
    results: list[Budget] = []
    for exam in options.exams:
        results += budgets(exam, {count: conversions(exam, count, options.rounds) for count in options.questions})
        if options.commands:
            commands(exam, options.commands)
    _say("")
    exit_by(results)


if __name__ == "__main__":
    main()
