"""Memory of a conversion: one file at a time, and little more than the exam."""

import gc
import os
import tempfile
import tracemalloc

import pytest

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from tests.support.exam_builders import exam, question

pytestmark = pytest.mark.slow

FILE = 2_000_000
"""Bytes."""


def peak_memory(step):
    """The peak of allocated bytes during ``step``."""
    gc.collect()
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def write(name, parsed, assets):
    with tempfile.TemporaryFile() as out:
        formats.get(name).write(parsed, assets, out)
        return out.tell()


@pytest.mark.parametrize("name", formats.names())
def test_one_file_at_a_time(name):
    urls = [f"https://x.example/{number}.png" for number in range(10)]
    assets = {url: Asset(url, "a.png", "image/png", lambda: os.urandom(FILE)) for url in urls}
    parsed = parse_exam(exam(question("essay", description="".join(f'<img src="{url}" alt="a">' for url in urls))))
    assert write(name, parsed, assets) > 10 * FILE
    assert peak_memory(lambda: write(name, parsed, assets)) < 1.5 * FILE


@pytest.mark.parametrize("name", formats.names())
def test_memory_grows_with_the_exam(name):
    choice = question("multiple-choice-single-answer", {"options": ["a", "b", "c"], "correctAnswer": "a"})
    small, large = (exam(*[choice, question("essay")] * count) for count in (100, 400))
    write(name, parse_exam(small), {})
    few, many = (peak_memory(lambda raw=raw: write(name, parse_exam(raw), {})) for raw in (small, large))
    assert many < 5 * few
    assert many < 800 * 10_000, "bytes a question"
