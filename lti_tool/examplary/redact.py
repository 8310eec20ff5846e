"""Keep secrets and personal data out of what we log about Examplary."""

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
_CUT = 200


def redacted(text: str) -> str:
    """``text`` on one line without markup, ids, keys, e-mail addresses and paths; 200 characters at most."""
    plain = " ".join(_MARKUP.sub(" ", text[: 20 * _CUT]).split())
    for pattern, instead in _PATTERNS:
        plain = pattern.sub(instead, plain)
    return plain if len(plain) <= _CUT else plain[:_CUT] + "…"


class _PathFilter(logging.Filter):
    """urllib3 writes the path of every request at DEBUG, and the path of a session is a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


_FILTER = _PathFilter()


def hide_paths_of_urllib3() -> None:
    """Make urllib3's own log lines safe, whatever level the operator chooses. Doing it twice changes nothing."""
    logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)
