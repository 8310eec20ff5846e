"""Direct import into Canvas by its REST API, as the teacher (see docs/reference/canvas-api.md).

Canvas imports in a queue, so an import takes several steps; :mod:`.import_progress` says how far it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from lti_tool.errors import N_
from lti_tool.lms.account_access import AccountAccess, Transfer
from lti_tool.lms.canvas import api_errors
from lti_tool.lms.canvas import scopes as canvas_scopes
from lti_tool.lms.canvas.api import CanvasApi
from lti_tool.lms.canvas.import_progress import CLASSIC, NEW, ImportProgress, Phase
from lti_tool.lms.canvas.launch_grant import MIGRATION_SELECTION, canvas_grant
from lti_tool.lms.canvas.migration_progress import (
    confirmed_by_teacher,
    find_quiz,
    poll_migration,
    quizzes_url,
    retry_poll_later,
)
from lti_tool.lms.canvas.oauth import CanvasAccounts
from lti_tool.lms.canvas.plan_import import prepare
from lti_tool.lms.canvas.start_migration import AskTheTeacher, after_lost_start, after_lost_upload, send
from lti_tool.lms.canvas.teacher_questions import ASK_FOR_PLACE, Decision, ask_whether_it_is_there
from lti_tool.lms.direct_import import (
    AccountRefused,
    Availability,
    DirectImportError,
    Grant,
    ImportOption,
    ImportOrder,
    Pending,
    QuizKind,
    StepResult,
)
from lti_tool.lti import VerifiedLaunch
from lti_tool.lti.service_connector import PlatformServiceConnector

NOT_SET_UP = N_(
    "This Canvas can't make the quiz for you, because it doesn't tell Examplary which course this is; your "
    "administrator can add the custom fields."
)
LET_ME_CHOOSE = N_("Let me choose a module and an assignment group")
INTO_MODULE = N_("Add it to the module you came from")
PUBLISH_IT = N_("When it's ready for students, click “Publish” on the quiz's page.")
INTO_GROUP = N_("Add it to the assignment group you came from")


class CanvasQuizzes:
    """Creates an unpublished quiz, or replaces one that it created."""

    format_name = "canvas-qti"
    quiz_kinds: Mapping[str, QuizKind] = MappingProxyType(
        {
            NEW: QuizKind(N_("Always New Quizzes"), (canvas_scopes.READ_FEATURES,)),
            CLASSIC: QuizKind(N_("Always Classic Quizzes")),
        }
    )
    settled_remarks = frozenset({"canvas.again"})
    account_access: AccountAccess | None = CanvasAccounts()
    adding = N_("The quiz is made in your course. Students don't see it until you publish it.")
    afterwards: Mapping[str, str] = MappingProxyType(
        {"unpublished": PUBLISH_IT, "replaced": PUBLISH_IT, "replaced_with_more": PUBLISH_IT, "elsewhere": PUBLISH_IT}
    )
    adding_again = N_("If a quiz of this exam is in your course, you are asked whether to replace it.")

    def quiz_name(self, title: str) -> str:
        """Return the title: the format shortens it, and its report says so."""
        return title

    def grant(self, launch: VerifiedLaunch) -> Grant | None:
        """Return API host, course, person and place of the launch."""
        return canvas_grant(launch)

    def availability(self, grant: Grant | None, *, has_token_url: bool, now: datetime) -> Availability:
        """Return whether the launch names a course. From the import page itself, Canvas imports the file.

        Other placements that accept content accept a link, for which there is no need once the quiz is in the course.
        """
        if grant is None:
            return Availability(False, NOT_SET_UP)
        if grant["placement"] == MIGRATION_SELECTION:
            return Availability(False, takes_link=True)
        has_dialog = bool(grant["placement"])
        return Availability(True, takes_link=has_dialog, ends_dialog=has_dialog)

    def options(self, grant: Grant, scopes: frozenset[str]) -> tuple[ImportOption, ...]:
        """Return the place that the teacher came from, and the question for another one."""
        texts = {"module": INTO_MODULE, "group": INTO_GROUP}
        places = [ImportOption(name, text, ticked=True) for name, text in texts.items() if grant.get(name)]
        may_list = not scopes.isdisjoint({canvas_scopes.LIST_MODULES, canvas_scopes.LIST_GROUPS})
        return (*places, *((ImportOption(ASK_FOR_PLACE, LET_ME_CHOOSE),) if may_list else ()))

    def step(self, connector: PlatformServiceConnector, order: ImportOrder) -> StepResult:
        """Do the next step. Once Canvas may have the exam, no failure of Canvas ends the import."""
        if order.account is None:
            raise AccountRefused("no account")
        if Decision.read(order.decision).is_there:
            return confirmed_by_teacher(order)
        api, progress = CanvasApi(order.account), ImportProgress.read(order.progress)
        try:
            return _with_pause(_step(api, order, progress), api)
        except AskTheTeacher:
            return ask_whether_it_is_there(order, quizzes_url(order))
        except DirectImportError as error:
            if error.retry_after is None or not progress.may_have_begun:
                raise
            if progress.migration:
                return retry_poll_later(progress, error.retry_after)
            if order.account.transfer is Transfer.UPLOAD:
                # A migration that has no file makes nothing.
                raise
            raise api_errors.MigrationGone(error.detail, retry_after=error.retry_after) from error


def _step(api: CanvasApi, order: ImportOrder, progress: ImportProgress) -> StepResult:
    match progress.phase:
        case Phase.PREPARING:
            plan = prepare(api, order)
            return send(api, order, plan) if isinstance(plan, ImportProgress) else plan
        case Phase.READY:
            return send(api, order, progress)
        case Phase.STARTING:
            return after_lost_start(api, order, progress)
        case Phase.UPLOADING:
            return after_lost_upload(api, order, progress)
        case Phase.FOLLOWING:
            return poll_migration(api, order, progress)
        case Phase.COMPLETED:
            return find_quiz(api, order, progress)


def _with_pause(result: StepResult, api: CanvasApi) -> StepResult:
    """Return the result, with a longer pause where the rate limit is near."""
    if not isinstance(result, Pending) or not api.pause:
        return result
    return replace(result, seconds=result.seconds + api.pause)
