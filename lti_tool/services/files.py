"""Files that appear whole or not at all, and names for them."""

from __future__ import annotations

import re
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

LONGEST_NAME = 80
"""Characters of a file name before its ending."""


@contextmanager
def placed(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to that becomes ``path`` when all is written: nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as out:
        unfinished = Path(out.name)
        try:
            yield cast("BinaryIO", out)
            out.flush()
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def forget_unused(folder: Path, seconds: float) -> int:
    """Remove files of ``folder`` that nobody has used for so long; return how many."""
    oldest, gone = time.time() - seconds, 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process is at it too
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
    return gone


def safe_name(title: str) -> str:
    """Return ``title`` as a file name that every system and every LMS takes: ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or "exam"
