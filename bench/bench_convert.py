"""One conversion, measured in this process: what :mod:`formats` starts for each contestant and each turn.

    python bench/bench_convert.py NAME time|hold FILE…

``NAME`` is a format, or text2qti. Both sides begin with the source as text in memory and end with the package in
memory. ``parse`` is from the text to the exam (JSON included) or to the quiz (its Markdown included), ``write`` from
there to the package. Each file is another exam: nothing is converted twice. The first one only warms up.
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
"""What reads a source, and what writes the package of what was read."""


def steps(name: str) -> Steps:
    """Return both steps of a contestant; only its own process loads it."""
    return _peer() if name == PEER else _ours(name)


def _ours(name: str) -> Steps:
    from lti_tool import formats  # noqa: PLC0415 -- only the process that measures it loads it
    from lti_tool.exam import Exam, parse_exam  # noqa: PLC0415 -- only the process that measures it loads it

    def read(source: str) -> Exam:
        return parse_exam(json.loads(source))

    def write(exam: Exam) -> object:
        return formats.get(name).write(exam, {}, io.BytesIO())

    return read, write


def _peer() -> Steps:
    from text2qti.config import Config  # noqa: PLC0415 -- only the process that measures it loads it
    from text2qti.qti import QTI  # noqa: PLC0415 -- only the process that measures it loads it
    from text2qti.quiz import Quiz  # noqa: PLC0415 -- only the process that measures it loads it

    def read(source: str) -> Quiz:
        return Quiz(source, config=Config(), source_name="bench.txt")

    def write(quiz: Quiz) -> object:
        return QTI(quiz).zip_bytes()

    return read, write


def seconds(name: str, sources: list[Path]) -> dict[str, float]:
    """Return seconds of the CPU for the fastest of the exams, and the megabytes that the process ever took."""
    read, write = steps(name)
    times = [_timed(read, write, source.read_text()) for source in sources][1:]
    parse, written = min(times, key=sum)
    return {"parse": parse, "write": written, "taken": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def _timed(read: Callable[[str], Any], write: Callable[[Any], object], source: str) -> tuple[float, float]:
    gc.collect()
    began = time.process_time()
    found = read(source)
    between = time.process_time()
    write(found)
    return between - began, time.process_time() - between


def held(name: str, sources: list[Path]) -> dict[str, float]:
    """Return the megabytes that Python held at once for the last of the exams, without its source."""
    read, write = steps(name)
    write(read(sources[0].read_text()))
    source = sources[-1].read_text()
    tracemalloc.start()
    write(read(source))
    return {"held": tracemalloc.get_traced_memory()[1] / 1e6}


if __name__ == "__main__":
    _, contestant, what, *files = sys.argv
    measure = {"time": seconds, "hold": held}[what]
    sys.stdout.write(json.dumps(measure(contestant, [*map(Path, files)])))
