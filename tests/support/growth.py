"""How the time of a function grows with the size of its input."""

import gc
import time
from contextlib import contextmanager

ROUNDS = 5
FACTOR = 8


def growth(function, size):
    """Return how many times longer an input of eight times the size takes per unit: about 1 if linear, 8 if quadratic.

    The fastest of several turns of each size counts, taken in turn, so that what else the machine does hardly matters.
    """
    with _without_garbage_collection():
        turns = [(_seconds(function, size), _seconds(function, size * FACTOR)) for _ in range(ROUNDS)]
    small, large = zip(*turns, strict=True)
    return min(large) / (FACTOR * max(min(small), 1e-4))


def _seconds(function, size):
    began = time.process_time()
    function(size)
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
