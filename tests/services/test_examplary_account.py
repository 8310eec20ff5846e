"""The API key of an LMS: its workspace decides whether people keep their accounts."""

import pytest

from lti_tool.examplary import ApiKeyRejected
from lti_tool.models import AuditEntry, ChoreKind, db
from lti_tool.services.platforms.check_results import CheckStatus
from lti_tool.services.platforms.examplary_account import AccountInUse, WorkspaceUnclear
from lti_tool.services.platforms.registrations import InvalidValue
from sandbox.examplary import ExamplaryConfig
from tests.support.examplary import API_KEY

RENEWED, ELSEWHERE, UNSAID = "examp_renewed", "examp_elsewhere", "examp_unsaid"


@pytest.fixture
def examplary_config():
    """The operator's workspace with a second key, another workspace, and one that does not reveal its id."""
    keys = {RENEWED: "org_Ours", ELSEWHERE: "org_Theirs", UNSAID: ""}
    return ExamplaryConfig(api_key=API_KEY, workspace_id="org_Ours", further_keys=keys, control=True)


@pytest.fixture
def tess(services, make_launch):
    """A teacher with an account and a finished exam."""
    launch = make_launch()
    services.generations.cancel(services.generations.start(launch))
    return launch.user


def workspace_of(person, store):
    return store.users[person.examplary_user_id]["org"]


def begin_again(services, make_launch):
    services.generations.start(make_launch())


def test_another_workspace_gives_people_new_accounts(services, platform, tess, store, make_launch):
    assert workspace_of(tess, store) == "org_Ours"
    assert services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    begin_again(services, make_launch)
    assert workspace_of(tess, store) == "org_Theirs"


def test_a_new_key_of_the_same_workspace_keeps_accounts(services, platform, tess, make_launch):
    before = tess.examplary_user_id
    assert not services.examplary_accounts.set_api_key(platform, RENEWED)
    begin_again(services, make_launch)
    assert tess.examplary_user_id == before


def test_the_key_is_encrypted_and_the_change_logged(services, platform):
    services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    assert ELSEWHERE not in platform.api_key_encrypted
    assert services.vault.decrypt(platform.api_key_encrypted) == ELSEWHERE
    assert (
        db.session.query(AuditEntry).filter_by(action="platform.changed").one().detail
        == "api_key: the operator's → its own"
    )


def test_removing_the_key_uses_the_operators_key_again(services, platform, tess, store, make_launch):
    services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    begin_again(services, make_launch)
    assert services.examplary_accounts.set_api_key(platform, "", anyway=True)
    assert platform.api_key_encrypted is None
    begin_again(services, make_launch)
    assert workspace_of(tess, store) == "org_Ours"


@pytest.mark.parametrize(("api_key", "error"), [("examp_wrong", ApiKeyRejected), ("examp_\nX", InvalidValue)])
def test_an_invalid_key_is_rejected(services, platform, tess, api_key, error):
    before = tess.examplary_user_id
    for same in (None, True, False):
        with pytest.raises(error):
            services.examplary_accounts.set_api_key(platform, api_key, same_workspace=same)
    db.session.rollback()
    db.session.refresh(platform)
    assert (platform.api_key_encrypted, tess.examplary_user_id) == (None, before)


def test_the_operator_decides_if_the_workspace_is_unknown(services, platform, tess):
    before = tess.examplary_user_id
    with pytest.raises(WorkspaceUnclear):
        services.examplary_accounts.set_api_key(platform, UNSAID)
    assert not services.examplary_accounts.set_api_key(platform, UNSAID, same_workspace=True)
    db.session.refresh(tess)
    assert tess.examplary_user_id == before
    assert services.examplary_accounts.set_api_key(platform, UNSAID, same_workspace=False)
    db.session.refresh(tess)
    assert tess.examplary_user_id is None


def test_without_accounts_the_workspace_does_not_matter(services, platform):
    assert not services.examplary_accounts.set_api_key(platform, UNSAID)


def test_an_active_generation_blocks_the_change_unless_forced(services, platform, tess, make_launch):
    begin_again(services, make_launch)
    with pytest.raises(AccountInUse) as refused:
        services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    assert refused.value.facts == {"exams": 1, "chores": 0}
    assert not services.examplary_accounts.set_api_key(platform, RENEWED)
    assert services.examplary_accounts.set_api_key(platform, ELSEWHERE, anyway=True)


def test_pending_chores_block_the_change(services, platform, tess):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_gone", platform.id)
    db.session.commit()
    with pytest.raises(AccountInUse) as refused:
        services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    assert refused.value.facts == {"exams": 0, "chores": 1}
    services.chores.run_due()
    assert services.examplary_accounts.set_api_key(platform, ELSEWHERE)


def test_the_check_shows_whose_key_works(services, platform):
    assert services.examplary_accounts.check(platform).plain() == "It accepts this tool's API key."
    services.examplary_accounts.set_api_key(platform, ELSEWHERE)
    assert services.examplary_accounts.check(platform).plain() == "It accepts this LMS's API key."


def test_the_check_reports_a_revoked_key_with_advice(services, platform):
    platform.api_key_encrypted = services.vault.encrypt("examp_withdrawn")
    result = services.examplary_accounts.check(platform)
    assert result.status is CheckStatus.WRONG
    assert "rejected this tool's API key" in result.plain()
    assert "platforms account" in result.advice


def test_the_check_reports_that_examplary_is_unreachable(services, platform, examplary):
    examplary.close()
    result = services.examplary_accounts.check(platform)
    assert (result.status, result.because) == (CheckStatus.WRONG, "There is no connection.")
    assert "LTI_TOOL_EXAMPLARY_API_URL" in result.advice
