"""Numbers that Canvas's API and its launches share."""

from __future__ import annotations

from sandbox.lms.config import Account

COURSE_ID = 1
GLOBAL = 10_000_000_000_000


def user_id(account: Account) -> int:
    """Return the user's local id."""
    return 101 + int(account.moodle_id)


def api_user(account: Account) -> dict[str, object]:
    """Return the user as the token endpoint does."""
    return {"id": user_id(account), "name": account.name, "global_id": str(GLOBAL + user_id(account))}
