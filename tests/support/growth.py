"""How the work of a function grows with the size of its input.

Calls of functions are counted where they show the fault: their number is the same on every machine. They don't show
what a single call does, such as the backtracking of a regular expression. There, CPU time is compared, with bounds
midway between linear and quadratic, which a busy machine doesn't reach.
"""

import gc
import time
from contextlib import contextmanager

from tests.support.calls import count_calls

ROUNDS = 5
FACTOR = 8


def growth_of_calls(function, size, prepare):
    """Return how many times more calls an input of eight times the size takes per unit: about 1 if linear."""
    inputs = prepare(size), prepare(size * FACTOR)
    function(inputs[0])  # imports, and caches of the program
    small, large = (count_calls(function, value).total() for value in inputs)
    return large / (FACTOR * small)


def growth(function, size, prepare=lambda size: size, enough=0):
    """Return how many times longer an input of eight times the size takes per unit: about 1 if linear, 8 if quadratic.

    ``prepare`` makes the input of a size, which is not measured. The fastest of several turns of each size counts,
    taken in turn, so that what else the machine does hardly matters. Further turns can only make the result more
    exact, so there are none once it is below ``enough``.
    """
    inputs = prepare(size), prepare(size * FACTOR)
    function(inputs[0])  # imports, and caches of the program
    turns = []
    with _without_garbage_collection():
        for _ in range(ROUNDS):
            turns.append([_seconds(function, value) for value in inputs])
            small, large = map(min, zip(*turns, strict=True))
            ratio = large / (FACTOR * max(small, 1e-4))
            if ratio < enough:
                break
    return ratio


def _seconds(function, value):
    began = time.process_time()
    function(value)
    return time.process_time() - began


@contextmanager
def _without_garbage_collection():
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
