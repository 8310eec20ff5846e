"""The tool's own keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import jwt
import pytest

from lti_tool.lti import ToolKeys
from lti_tool.models import KeyState, ToolKey, db, now


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


def test_the_first_use_makes_a_key_and_the_one_after_it(tool_keys):
    tool_keys.ensure()
    tool_keys.ensure()
    assert states() == ["active", "next"]
    assert verifies(sign(tool_keys), tool_keys)


def test_the_key_set_is_never_empty_and_shows_nothing_private(tool_keys):
    for key in tool_keys.jwks()["keys"]:
        assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
        assert jwt.PyJWK(key).key.key_size == 2048


def test_the_private_part_is_encrypted(tool_keys):
    tool_keys.ensure()
    for row in db.session.scalars(db.select(ToolKey)):
        assert "PRIVATE" not in row.private_pem_encrypted


def test_a_rotation_signs_with_a_key_that_was_published_before(tool_keys):
    before, known = sign(tool_keys), set(published(tool_keys))
    kid = tool_keys.rotate()
    after = sign(tool_keys)
    assert jwt.get_unverified_header(after)["kid"] == kid
    assert kid in known
    assert verifies(before, tool_keys)
    assert verifies(after, tool_keys)
    assert states() == ["active", "next", "retired"]


def test_a_process_that_did_not_notice_the_rotation_still_signs_validly(tool_keys):
    vault = tool_keys._vault
    other = ToolKeys(vault)
    sign(other)
    tool_keys.rotate()
    assert verifies(sign(other), tool_keys)


def test_a_process_notices_the_rotation_of_another_after_a_while(tool_keys, monkeypatch):
    other = ToolKeys(tool_keys._vault)
    sign(other)
    kid = tool_keys.rotate()
    monkeypatch.setattr("lti_tool.lti.tool_keys.REFRESH_SECONDS", -1)
    assert other.signing_key()[0] == kid


def test_keys_that_retired_long_ago_go_at_the_next_rotation(tool_keys):
    tool_keys.rotate()
    old = db.session.scalars(db.select(ToolKey).where(ToolKey.state == KeyState.RETIRED)).one()
    old.state_since, kid = now() - timedelta(days=31), old.kid
    db.session.commit()
    tool_keys.rotate()
    assert kid not in published(tool_keys)


def test_the_key_object_is_kept(tool_keys):
    assert tool_keys.signing_key()[1] is tool_keys.signing_key()[1]


@pytest.mark.parametrize("threads", [4])
def test_processes_that_begin_together_go_on_with_one_key(app, tool_keys, threads):
    barrier = Barrier(threads)
    vault = tool_keys._vault

    def begin(_):
        with app.app_context():
            barrier.wait()
            keys = ToolKeys(vault)
            keys.ensure()
            db.session.remove()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(begin, range(threads)))
    assert states().count("active") == 1
    fresh = [ToolKeys(vault).signing_key()[0] for _ in range(2)]
    assert len(set(fresh)) == 1
    assert verifies(sign(tool_keys), tool_keys)
