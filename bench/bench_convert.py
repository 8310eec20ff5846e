"""One conversion, measured in this process. :mod:`formats` runs it for each contestant and each turn.

    python bench/bench_convert.py NAME time|memory FILE…

``NAME`` is a format, or text2qti. Both sides begin with the source as text in memory and end with the package in
memory. ``parse`` is from the text to the exam (including JSON) or to the quiz (including its Markdown), ``write`` from
there to the package. Each file is a different exam, and the first one is only a warm-up.
"""

from __future__ import annotations

import gc
import io
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PEER = "text2qti"

Steps = tuple[Callable[[str], Any], Callable[[Any], object]]
"""The function that parses a source, and the one that writes the package."""


def steps(name: str) -> Steps:
    """Return both steps of a contestant, importing only that contestant."""
    return _peer() if name == PEER else _ours(name)


def _ours(name: str) -> Steps:
    from lti_tool import formats
    from lti_tool.exam import Exam, parse_exam

    def parse(source: str) -> Exam:
        return parse_exam(json.loads(source))

    def write(exam: Exam) -> object:
        return formats.get(name).write(exam, {}, io.BytesIO())

    return parse, write


def _peer() -> Steps:
    from text2qti.config import Config
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz

    def parse(source: str) -> Quiz:
        return Quiz(source, config=Config(), source_name="bench.txt")

    def write(quiz: Quiz) -> object:
        return QTI(quiz).zip_bytes()

    return parse, write


def seconds(name: str, sources: list[Path]) -> dict[str, float]:
    """Return the CPU seconds of the fastest exam, and the peak memory of the process in megabytes."""
    parse, write = steps(name)
    times = [_timed(parse, write, source.read_text()) for source in sources][1:]
    parse_time, write_time = min(times, key=sum)
    return {"parse": parse_time, "write": write_time, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def _timed(parse: Callable[[str], Any], write: Callable[[Any], object], source: str) -> tuple[float, float]:
    gc.collect()
    began = time.process_time()
    document = parse(source)
    parsed = time.process_time()
    write(document)
    return parsed - began, time.process_time() - parsed


def peak_memory(name: str, sources: list[Path]) -> dict[str, float]:
    """Return Python's peak memory for the last exam in megabytes, without the source itself."""
    parse, write = steps(name)
    write(parse(sources[0].read_text()))
    source = sources[-1].read_text()
    tracemalloc.start()
    write(parse(source))
    return {"peak": tracemalloc.get_traced_memory()[1] / 1e6}


if __name__ == "__main__":
    _, contestant, measurement, *files = sys.argv
    measure = {"time": seconds, "memory": peak_memory}[measurement]
    sys.stdout.write(json.dumps(measure(contestant, [*map(Path, files)])))
