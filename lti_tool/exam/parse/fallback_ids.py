"""Identifiers for items that came without one, derived from their content so that they survive reordering."""

from __future__ import annotations

import hashlib
import json


def content_digest(raw: object) -> str:
    """Return twelve hexadecimal digits for a JSON value."""
    try:
        serialised = json.dumps(raw, sort_keys=True, default=str)
    except (RecursionError, TypeError):  # nested very deeply, or a mapping whose keys are not strings
        serialised = type(raw).__name__
    return hashlib.sha256(serialised.encode("utf-8", "replace")).hexdigest()[:12]
