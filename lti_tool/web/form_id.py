"""The ID of a form, by which the same form sent twice is recognised."""

from __future__ import annotations

from flask import request

MAX_LENGTH = 100


def submitted_form_id() -> str:
    """Return the ID of the submitted form; empty if it has none."""
    # "wish": pages of 0.1.0 that are open during the upgrade; remove it after the next minor release.
    return (request.form.get("form_id") or request.form.get("wish", ""))[:MAX_LENGTH]
