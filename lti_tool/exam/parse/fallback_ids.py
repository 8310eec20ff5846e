"""Names for what came without one of its own: from what it says, so that they stay when questions move."""

from __future__ import annotations

import hashlib
import json


def content_digest(raw: object) -> str:
    """Return twelve letters and digits for a JSON value, the same wherever it stands."""
    try:
        told = json.dumps(raw, sort_keys=True, default=str)
    except (RecursionError, TypeError):  # nested beyond all sense, or a mapping whose keys are no texts
        told = type(raw).__name__
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]
