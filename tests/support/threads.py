"""Calls from many threads at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def run_at_once(functions):
    """Call each function in a thread of its own, all at the same moment; return the results, or raise an error of one.

    An app context belongs to one thread, so that a function that uses the database has to open its own.
    """
    start = Barrier(len(functions), timeout=60)

    def run(function):
        start.wait()
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))
