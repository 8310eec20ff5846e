"""Keep secrets and personal data out of log messages about Examplary."""

from __future__ import annotations

import logging
import re

_PATTERNS = (
    (re.compile(r"\bexamp_\w+"), "examp_…"),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), r"\1 …"),
    (re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+"), "(e-mail)"),
    (re.compile(r"(https?://[^/\s\"'<>]+)[^\s\"'<>]*"), r"\1/…"),
    (re.compile(r"/(embeds|embed-sessions|exams|users|uploads|exports)/[^\s\"'<>/]+"), r"/\1/…"),
    (re.compile(r"\b(embed_session|user|org|group|exam|material|taxonomy|q|oauth_[a-z]+)_[A-Za-z0-9]{6,}\b"), r"\1_…"),
)
_MARKUP = re.compile(r"<[^>]*>?")
_MAX_LENGTH = 200


def redacted(text: str) -> str:
    """Return ``text`` on one line, without markup, ids, keys, e-mail addresses and paths; 200 characters at most."""
    plain = " ".join(_MARKUP.sub(" ", text[: 20 * _MAX_LENGTH]).split())
    for pattern, replacement in _PATTERNS:
        plain = pattern.sub(replacement, plain)
    return plain if len(plain) <= _MAX_LENGTH else plain[:_MAX_LENGTH] + "…"


class _PathFilter(logging.Filter):
    """Redacts the paths in urllib3's DEBUG messages: the path of a session is a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        record.msg = redacted(record.getMessage())
        record.args = ()
        return True


_FILTER = _PathFilter()


def hide_paths_of_urllib3() -> None:
    """Redact urllib3's log messages at any log level. Idempotent."""
    logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)
