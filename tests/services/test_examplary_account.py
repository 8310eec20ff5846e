"""An LMS with an Examplary account of its own: whose key it is decides whether people keep their accounts."""

import pytest

from lti_tool.examplary import KeyRefused
from lti_tool.models import AuditEntry, ChoreKind, db
from lti_tool.services.platforms.check_results import CheckStatus
from lti_tool.services.platforms.examplary_account import AccountInUse, WorkspaceUnclear
from lti_tool.services.platforms.registrations import InvalidValue
from sandbox.examplary import ExamplaryConfig
from tests.support.examplary import API_KEY

RENEWED, ELSEWHERE, UNSAID = "examp_renewed", "examp_elsewhere", "examp_unsaid"


@pytest.fixture
def examplary_config():
    """The operator's workspace with a second key, another one, and one that does not say which it is."""
    keys = {RENEWED: "org_Ours", ELSEWHERE: "org_Theirs", UNSAID: ""}
    return ExamplaryConfig(api_key=API_KEY, workspace_id="org_Ours", further_keys=keys, control=True)


@pytest.fixture
def tess(services, make_launch):
    """A teacher who has made an exam, and so has an account; nothing is under way."""
    launch = make_launch()
    services.generations.cancel(services.generations.start(launch))
    return launch.user


def workspace_of(person, store):
    return store.users[person.examplary_user_id]["org"]


def begin_again(services, make_launch):
    services.generations.start(make_launch())


def test_people_move_with_their_lms_into_another_workspace(services, platform, tess, store, make_launch):
    assert workspace_of(tess, store) == "org_Ours"
    assert services.accounts.set_api_key(platform, ELSEWHERE)
    begin_again(services, make_launch)
    assert workspace_of(tess, store) == "org_Theirs"


def test_with_a_new_key_of_the_same_workspace_everybody_keeps_their_account(services, platform, tess, make_launch):
    before = tess.examplary_user_id
    assert not services.accounts.set_api_key(platform, RENEWED)
    begin_again(services, make_launch)
    assert tess.examplary_user_id == before


def test_the_key_is_stored_encrypted_and_the_change_can_be_looked_up(services, platform):
    services.accounts.set_api_key(platform, ELSEWHERE)
    assert ELSEWHERE not in platform.api_key_encrypted
    assert services.vault.decrypt(platform.api_key_encrypted) == ELSEWHERE
    assert db.session.query(AuditEntry).filter_by(what="platform.changed").one().detail == "api_key"


def test_an_lms_goes_back_to_the_operators_key(services, platform, tess, store, make_launch):
    services.accounts.set_api_key(platform, ELSEWHERE)
    begin_again(services, make_launch)
    assert services.accounts.set_api_key(platform, "", anyway=True)
    assert platform.api_key_encrypted is None
    begin_again(services, make_launch)
    assert workspace_of(tess, store) == "org_Ours"


@pytest.mark.parametrize(("api_key", "error"), [("examp_wrong", KeyRefused), ("examp_\nX", InvalidValue)])
def test_a_key_that_does_not_work_is_not_taken(services, platform, tess, api_key, error):
    before = tess.examplary_user_id
    for same in (None, True, False):
        with pytest.raises(error):
            services.accounts.set_api_key(platform, api_key, same_workspace=same)
    db.session.rollback()
    db.session.refresh(platform)
    assert (platform.api_key_encrypted, tess.examplary_user_id) == (None, before)


def test_where_examplary_does_not_say_whose_key_it_is_the_operator_says_it(services, platform, tess):
    before = tess.examplary_user_id
    with pytest.raises(WorkspaceUnclear):
        services.accounts.set_api_key(platform, UNSAID)
    assert not services.accounts.set_api_key(platform, UNSAID, same_workspace=True)
    db.session.refresh(tess)
    assert tess.examplary_user_id == before
    assert services.accounts.set_api_key(platform, UNSAID, same_workspace=False)
    db.session.refresh(tess)
    assert tess.examplary_user_id is None


def test_where_nobody_has_an_account_yet_nothing_need_be_said(services, platform):
    assert not services.accounts.set_api_key(platform, UNSAID)


def test_an_exam_that_is_being_made_is_not_lost_unless_one_says_so(services, platform, tess, make_launch):
    begin_again(services, make_launch)
    with pytest.raises(AccountInUse) as refused:
        services.accounts.set_api_key(platform, ELSEWHERE)
    assert refused.value.facts == {"exams": 1, "chores": 0}
    assert not services.accounts.set_api_key(platform, RENEWED)
    assert services.accounts.set_api_key(platform, ELSEWHERE, anyway=True)


def test_what_is_owed_in_the_old_workspace_is_done_before(services, platform, tess):
    services.chores.add(ChoreKind.DELETE_SESSION, "embed_session_gone", platform.id)
    db.session.commit()
    with pytest.raises(AccountInUse) as refused:
        services.accounts.set_api_key(platform, ELSEWHERE)
    assert refused.value.facts == {"exams": 0, "chores": 1}
    services.chores.run_due()
    assert services.accounts.set_api_key(platform, ELSEWHERE)


def test_the_check_tells_whose_key_works(services, platform):
    assert services.accounts.check(platform).plain() == "It accepts this tool's API key."
    services.accounts.set_api_key(platform, ELSEWHERE)
    assert services.accounts.check(platform).plain() == "It accepts this LMS's API key."


def test_the_check_tells_that_a_key_was_withdrawn_and_where_to_change_it(services, platform):
    platform.api_key_encrypted = services.vault.encrypt("examp_withdrawn")
    found = services.accounts.check(platform)
    assert found.verdict is CheckStatus.WRONG
    assert "rejected this tool's API key" in found.plain()
    assert "platforms account" in found.advice


def test_the_check_tells_that_examplary_is_away(services, platform, examplary):
    examplary.close()
    found = services.accounts.check(platform)
    assert (found.verdict, found.because) == (CheckStatus.WRONG, "There is no connection.")
    assert "LTI_TOOL_EXAMPLARY_API_URL" in found.advice
