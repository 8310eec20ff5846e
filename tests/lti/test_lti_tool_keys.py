"""The tool's own keys."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from lti_tool.lti import ToolKeys
from lti_tool.lti.store.tool_keys import NextKeyTooFresh
from lti_tool.models import KeyState, ToolKey, db, now
from tests.support.threads import run_at_once


def states() -> list[str]:
    return sorted(db.session.scalars(db.select(ToolKey.state)))


def published(keys: ToolKeys) -> dict[str, jwt.PyJWK]:
    return {key["kid"]: jwt.PyJWK(key) for key in keys.jwks()["keys"]}


def sign(keys: ToolKeys) -> str:
    kid, private = keys.signing_key()
    return jwt.encode({"a": 1}, private, algorithm="RS256", headers={"kid": kid})


def verifies(token: str, keys: ToolKeys) -> bool:
    key = published(keys)[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key.key, algorithms=["RS256"]) == {"a": 1}


def test_the_first_use_creates_the_active_and_the_next_key(tool_keys):
    tool_keys.ensure()
    tool_keys.ensure()
    assert states() == ["active", "next"]
    assert verifies(sign(tool_keys), tool_keys)


def test_the_key_set_is_never_empty_and_contains_no_private_parts(tool_keys):
    for key in tool_keys.jwks()["keys"]:
        assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert jwt.PyJWK(key).key.key_size == 2048


def test_the_private_part_is_encrypted(tool_keys):
    tool_keys.ensure()
    for row in db.session.scalars(db.select(ToolKey)):
        assert "PRIVATE" not in row.private_pem_encrypted


def test_a_rotation_uses_a_key_that_was_already_published(tool_keys):
    before, published_kids = sign(tool_keys), set(published(tool_keys))
    kid = tool_keys.rotate(at_once=True)
    after = sign(tool_keys)
    assert jwt.get_unverified_header(after)["kid"] == kid
    assert kid in published_kids
    assert verifies(before, tool_keys)
    assert verifies(after, tool_keys)
    assert states() == ["active", "next", "retired"]


def test_a_process_with_a_retired_key_still_signs_validly(tool_keys):
    vault = tool_keys._vault
    other = ToolKeys(vault)
    sign(other)
    tool_keys.rotate(at_once=True)
    assert verifies(sign(other), tool_keys)


def test_a_process_notices_the_rotation_of_another_after_a_while(tool_keys, monkeypatch):
    other = ToolKeys(tool_keys._vault)
    sign(other)
    kid = tool_keys.rotate(at_once=True)
    monkeypatch.setattr("lti_tool.lti.store.tool_keys.REFRESH_SECONDS", -1)
    assert other.signing_key()[0] == kid


def of(state: KeyState) -> ToolKey:
    return db.session.scalars(db.select(ToolKey).where(ToolKey.state == state)).one()


def age(state: KeyState, **time: int) -> str:
    """Backdate the key in this state; return its kid."""
    row = of(state)
    row.state_since = now() - timedelta(**time)
    db.session.commit()
    return row.kid


def test_an_unpublished_key_does_not_sign(tool_keys):
    tool_keys.ensure()
    active = of(KeyState.ACTIVE).kid
    with pytest.raises(NextKeyTooFresh) as refused:
        tool_keys.rotate()
    assert "0 hours ago" in refused.value.plain()
    age(KeyState.NEXT, hours=23)
    with pytest.raises(NextKeyTooFresh) as refused:
        tool_keys.rotate()
    assert "23 hours ago" in refused.value.plain()
    assert of(KeyState.ACTIVE).kid == active
    upcoming = age(KeyState.NEXT, hours=25)
    assert tool_keys.rotate() == upcoming


class TestSchedule:
    """The sweeper checks every minute."""

    LIFETIME = timedelta(days=90)

    def test_a_young_key_keeps_signing(self, tool_keys):
        tool_keys.ensure()
        age(KeyState.ACTIVE, days=89)
        age(KeyState.NEXT, days=89)
        assert not tool_keys.maintain(self.LIFETIME)

    def test_an_old_key_is_replaced_by_the_next_and_stays_published(self, tool_keys):
        before = sign(tool_keys)
        old, upcoming = age(KeyState.ACTIVE, days=91), age(KeyState.NEXT, days=91)
        assert tool_keys.maintain(self.LIFETIME) == upcoming
        assert jwt.get_unverified_header(sign(tool_keys))["kid"] == upcoming
        assert verifies(before, tool_keys)
        assert old in published(tool_keys)
        assert states() == ["active", "next", "retired"]
        assert not tool_keys.maintain(self.LIFETIME)

    def test_rotation_waits_until_platforms_could_fetch_the_next_key(self, tool_keys):
        tool_keys.ensure()
        age(KeyState.ACTIVE, days=91)
        assert not tool_keys.maintain(self.LIFETIME)
        age(KeyState.NEXT, hours=25)
        assert tool_keys.maintain(self.LIFETIME)

    def test_without_a_lifetime_only_a_command_rotates(self, tool_keys):
        tool_keys.ensure()
        age(KeyState.ACTIVE, days=10_000)
        age(KeyState.NEXT, days=10_000)
        assert not tool_keys.maintain(None)

    @pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)])
    def test_a_retired_key_is_removed_after_a_month(self, tool_keys, days, gone):
        tool_keys.rotate(at_once=True)
        kid = age(KeyState.RETIRED, days=days)
        tool_keys.maintain(self.LIFETIME)
        assert (kid not in published(tool_keys)) == gone

    def test_a_missing_next_key_is_created(self, tool_keys):
        tool_keys.ensure()
        db.session.delete(of(KeyState.NEXT))
        db.session.commit()
        tool_keys.maintain(self.LIFETIME)
        assert states() == ["active", "next"]


def test_the_key_object_is_cached(tool_keys):
    assert tool_keys.signing_key()[1] is tool_keys.signing_key()[1]


def test_processes_that_start_together_share_one_key(app, tool_keys):
    vault = tool_keys._vault

    def start():
        with app.app_context():
            ToolKeys(vault).ensure()
            db.session.remove()

    run_at_once([start] * 4)
    assert states().count("active") == 1
    fresh = [ToolKeys(vault).signing_key()[0] for _ in range(2)]
    assert len(set(fresh)) == 1
    assert verifies(sign(tool_keys), tool_keys)
