"""Direct imports as pages use them: "Add to course", the teacher's decisions, the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, or_, select

from lti_tool.errors import N_, AccessError
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import (
    Exam,
    Import,
    ImportState,
    Launch,
    compare_and_set,
    db,
    insert_if_absent,
    new_id,
    now,
    retry_on_conflict,
    update_in_batches,
)
from lti_tool.security.encryption import fingerprint
from lti_tool.services.counters import IMPORTS
from lti_tool.services.delivery.import_availability import ImportAvailability
from lti_tool.services.exams.reviews import add_review, require_review
from lti_tool.services.leases import is_unclaimed
from lti_tool.services.platform_settings import PlatformSettings
from lti_tool.services.queue import Queue

log = structlog.get_logger(__name__)

ACTIVE_STATES = (ImportState.ASKED, ImportState.SENDING, ImportState.QUEUED, ImportState.IMPORTING)
"""States in which a worker has something to do."""
PAUSED_STATES = (ImportState.WAITING, ImportState.WAITING_FOR_CONSENT)
"""States in which the teacher has something to do."""
DONE_STATES = (ImportState.DONE, ImportState.DONE_WITH_WARNINGS)

ABANDONED_AFTER = timedelta(seconds=20)
"""How long an import may rest before we assume that its job got lost."""
DECISION_DEADLINE = timedelta(days=8)
"""How long an import waits for the teacher."""
MAX_LISTED = 20


class ImportNotPossible(AccessError):
    """This launch can't import directly. Its page says why; the button was sent from an older page."""

    code = "import.not_possible"
    sentence = N_("This exam can't be added directly from here at the moment.")
    advice = N_("Open Examplary again from your course. If nothing has changed, download the exam and import it.")
    status = 409


class ImportCancelled(AccessError):
    """The teacher decided against it, or did not decide in time."""

    code = "import.cancelled"
    sentence = N_("Nothing was added to your course.")
    advice = N_("You can add the exam whenever you like.")
    status = 409


class DirectImports:
    """Starts direct imports, and shows them."""

    def __init__(self, availability: ImportAvailability, queue: Queue) -> None:
        self._availability = availability
        self._queue = queue

    def start(
        self, launch: Launch, exam: Exam, form_id: str, ticked: Collection[str] | None = None, *, reviewed: bool = False
    ) -> Import:
        """Start the import of ``exam`` into the course of ``launch``, or return the one that is under way.

        ``form_id`` is the same when one form is submitted twice, so that a double click starts one import. ``ticked``
        are names of options; ``None``: as they are offered. ``reviewed`` is whether the teacher ticked that box. It
        waits if the person has to consent first. Raises :class:`ImportNotPossible` or :class:`ReviewRequired`.
        """
        availability = self._availability.of(launch)
        if availability is None or not availability.available:
            raise ImportNotPossible(availability.reason if availability else launch.family)
        require_review(launch, confirmed=reviewed)
        import_id = fingerprint(f"{launch.id} {exam.id} {form_id}")[:32] if form_id else new_id()
        if not PlatformSettings.of(launch.platform).allows(TeacherChoice.PLACE):
            ticked = None
        options = self._availability.all_options(launch)
        chosen = [option.name for option in options if (option.ticked if ticked is None else option.name in ticked)]
        if db.session.get(Import, import_id) is None:
            _record_review(launch, exam, confirmed=reviewed)
        row = self._open(launch, exam, import_id, chosen, needs_consent=availability.needs_consent)
        if row.state == ImportState.WAITING_FOR_CONSENT and not availability.needs_consent:
            self._resume(row)
            db.session.refresh(row)
        if row.state in ACTIVE_STATES:
            self._queue.run_import(row.id)
            db.session.refresh(row)
        return row

    def _open(self, launch: Launch, exam: Exam, import_id: str, options: list[str], *, needs_consent: bool) -> Import:
        """Return the import of this form, or the open one, which continues with the grant of this launch."""
        open_key = open_key_of(launch.platform_id, launch.lms_user_id, launch.context_id, exam.id)
        values = {
            "id": import_id,
            "exam_id": exam.id,
            "launch_id": launch.id,
            "platform_id": launch.platform_id,
            "lms_user_id": launch.lms_user_id,
            "deployment_id": launch.deployment_id,
            "family": launch.family,
            "context_id": launch.context_id,
            "state": ImportState.WAITING_FOR_CONSENT if needs_consent else ImportState.ASKED,
            "open_key": open_key,
            "options": options,
            "grant_encrypted": launch.import_grant_encrypted,
        }
        exam_id, launch_id = exam.id, launch.id
        self._insert(values)
        query = select(Import.id).where(or_(Import.id == import_id, Import.open_key == open_key))
        open_id = db.session.scalars(query.order_by(Import.open_key.is_(None))).first()
        if open_id is None:
            # The open import ended between the two statements: this form's own can be inserted now.
            self._insert(values)
            open_id = import_id
        self._refresh_grant(open_id, values)
        log.info("import.asked", id=open_id, exam=exam_id, launch=launch_id)
        return db.session.get_one(Import, open_id, populate_existing=True)

    @staticmethod
    @retry_on_conflict
    def _insert(values: Mapping[str, object]) -> None:
        insert_if_absent(Import, values)
        db.session.commit()

    @staticmethod
    @retry_on_conflict
    def _refresh_grant(import_id: str, values: Mapping[str, object]) -> None:
        newest = {name: values[name] for name in ("launch_id", "deployment_id", "grant_encrypted")}
        compare_and_set(Import, Import.id == import_id, Import.open_key == values["open_key"], **newest)
        db.session.commit()

    def decide(self, row: Import, launch: Launch, choice: str) -> None:
        """Continue with one of the choices that the LMS offered; without one, end the import."""
        offered = {choice["value"] for choice in (row.question or {}).get("choices", ())}
        if not choice:
            self._end(row)
        elif choice in offered and self._continue(row, launch, choice):
            self._queue.run_import(row.id)
        db.session.refresh(row)

    @retry_on_conflict
    def _continue(self, row: Import, launch: Launch, choice: str) -> bool:
        availability = self._availability.of(launch)
        fresh = {"grant_encrypted": launch.import_grant_encrypted} if availability and availability.available else {}
        moved = compare_and_set(
            Import,
            Import.id == row.id,
            Import.state == ImportState.WAITING,
            state=ImportState.ASKED,
            state_since=now(),
            question=None,
            decision=choice,
            attempts=0,
            progress={},
            **fresh,
        )
        db.session.commit()
        return moved

    @staticmethod
    @retry_on_conflict
    def _end(row: Import) -> None:
        if compare_and_set(Import, Import.id == row.id, Import.state.in_(PAUSED_STATES), **_cancelled()):
            IMPORTS.labels(row.family, ImportCancelled.code).inc()
        db.session.commit()

    @retry_on_conflict
    def _resume(self, row: Import) -> None:
        self.resume(Import.id == row.id)
        db.session.commit()

    @staticmethod
    def resume(*conditions: ColumnElement[bool]) -> list[str]:
        """Let imports that wait for a consent go on where they were; return their ids. The caller commits."""
        waiting = Import.state == ImportState.WAITING_FOR_CONSENT
        values = {"state": ImportState.ASKED, "state_since": now(), "error_code": "", "error_facts": {}}
        ids = list(db.session.scalars(select(Import.id).where(waiting, *conditions)))
        return [import_id for import_id in ids if compare_and_set(Import, Import.id == import_id, waiting, **values)]

    def run(self, import_ids: Iterable[str]) -> None:
        """Enqueue imports. The sweeper picks up those that the queue refuses."""
        for import_id in import_ids:
            self._queue.run_import(import_id)

    def check_again(self, row: Import) -> None:
        """Run the job at once, instead of after its pause."""
        self._end_pause(row)
        self._queue.run_import(row.id)
        db.session.refresh(row)

    @staticmethod
    @retry_on_conflict
    def _end_pause(row: Import) -> None:
        compare_and_set(Import, Import.id == row.id, Import.state.in_(ACTIVE_STATES), look_after=None)
        db.session.commit()

    def poll(self, row: Import) -> None:
        """React to an open page: enqueue an import whose job seems to be lost."""
        pause_is_over = row.look_after is None or now() - row.look_after > ABANDONED_AFTER
        is_free = row.claimed_until is None or row.claimed_until < now()
        if row.state in ACTIVE_STATES and is_free and pause_is_over and now() - row.state_since > ABANDONED_AFTER:
            self._queue.run_import(row.id)

    @staticmethod
    def history(launch: Launch, exam: Exam) -> Sequence[Import]:
        """Return the imports of ``exam`` into this course: the person's own, and those of others that worked."""
        own_or_done = or_(Import.lms_user_id == launch.lms_user_id, Import.state.in_(DONE_STATES))
        query = select(Import).where(
            Import.exam_id == exam.id,
            Import.platform_id == launch.platform_id,
            Import.context_id == launch.context_id,
            own_or_done,
        )
        return db.session.scalars(query.order_by(Import.created_at.desc(), Import.id).limit(MAX_LISTED)).all()

    def sweep(self, limit: int = 50) -> list[str]:
        """Enqueue abandoned imports; return those for which the queue doesn't answer. Ends old questions."""
        moment = now()
        update_in_batches(
            Import.id,
            Import.state.in_(PAUSED_STATES),
            Import.state_since < moment - DECISION_DEADLINE,
            **_cancelled(),
        )
        rested = moment - ABANDONED_AFTER
        abandoned = (
            Import.state.in_(ACTIVE_STATES),
            is_unclaimed(Import, moment),
            or_(
                Import.look_after.is_(None), Import.look_after < rested, Import.look_after > moment + DECISION_DEADLINE
            ),
            or_(Import.state_since < rested, Import.state_since > moment + DECISION_DEADLINE),
        )
        ids = list(db.session.scalars(select(Import.id).where(*abandoned).order_by(Import.state_since).limit(limit)))
        db.session.rollback()
        return [import_id for import_id in ids if not self._queue.run_import(import_id)]


@retry_on_conflict
def _record_review(launch: Launch, exam: Exam, *, confirmed: bool) -> None:
    add_review(launch, exam, confirmed=confirmed)
    db.session.commit()


def open_key_of(platform_id: str, person_id: str, context_id: str, exam_id: str) -> str:
    """Return the key that only one open import may have: of a person, a course and an exam."""
    return fingerprint("\0".join((platform_id, person_id, context_id, exam_id)))


def _cancelled() -> dict[str, object]:
    return {
        "state": ImportState.FAILED,
        "state_since": now(),
        "error_code": ImportCancelled.code,
        "question": None,
        "open_key": None,
        "grant_encrypted": None,
    }
