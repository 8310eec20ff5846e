"""Files that appear whole or not at all, and names for them."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

LONGEST_NAME = 80
"""Characters of a file name before its ending."""


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
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


def safe_file_name(title: str) -> str:
    """Return ``title`` as a file name that every system and every LMS takes: ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or "exam"
