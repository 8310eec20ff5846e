"""The content of the review page: questions, their conversion and changes, and the exam's way into the course."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from lti_tool import exam as exams
from lti_tool import formats
from lti_tool.exam.changes import Changed, by_target, to_json
from lti_tool.exam.changes.rejected_changes import BY_CODE
from lti_tool.exam.remark import Remark
from lti_tool.formats import LINK_TITLE, Report, title_remarks
from lti_tool.lms import LmsPlugin, Offer, OfferKind, plugin_for_family
from lti_tool.lms.direct_import import ACTIONS, OUTCOMES
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.lti import content_title
from lti_tool.models import Exam, new_id
from lti_tool.services.exams.change_log import Revision, changes_in_force, revisions
from lti_tool.services.exams.exam_labels import labelled
from lti_tool.services.exams.exam_reports import format_for
from lti_tool.services.generations import new_version
from lti_tool.services.launch_offers import offer_of
from lti_tool.services.launches.permissions import Action
from lti_tool.services.platform_settings import PlatformSettings
from lti_tool.web import labels
from lti_tool.web.current_launch import current_launch, services
from lti_tool.web.locale import language_name
from lti_tool.web.review.change_summary import ChangeEntries, ChangeEntry, anchor, edits_of
from lti_tool.web.review.direct_import import STAGES, DirectImportView, direct_import_view, stage_of
from lti_tool.web.review.downloads import course_from, downloads
from lti_tool.web.review.earlier_responses import sent_to_course
from lti_tool.web.review.main_action import button_label, main_action
from lti_tool.web.review.older_version import older_version
from lti_tool.web.review.questions import late_media, lms_views, missing_media, review_of
from lti_tool.web.review.starting_point import starting_point
from lti_tool.web.rich_text import media_of


@dataclass(frozen=True, slots=True)
class DroppedEntry:
    """A change of the teacher's that a new version dropped, and ``why``.

    ``content`` is its JSON, with which it can be made again; empty if it can't.
    """

    entry: ChangeEntry
    text: str
    why: Remark
    content: str


@dataclass(frozen=True, slots=True)
class ExamplaryView:
    """The review page's texts about the exam at Examplary.

    ``can_edit``: the teacher can change it there; ``is_gone``: Examplary no longer has it; ``is_duplicate``: it never
    had it. ``notes`` are about the new version that just came, and ``dropped`` are the teacher's changes that this
    version lacks; ``unchanged`` says that the teacher came back without a new version.
    """

    can_edit: bool
    is_gone: bool
    is_duplicate: bool
    notes: new_version.VersionNotes | None
    dropped: tuple[DroppedEntry, ...]
    unchanged: bool


def review_page(row: Exam) -> dict[str, object]:
    """Return the values of the page's template for the current launch."""
    launch = current_launch().launch
    plugin, settings = plugin_for_family(launch.family), PlatformSettings.of(launch.platform)
    offer, direct = offer_of(launch), direct_import_view(launch, row)
    format_name = format_for(
        plugin.ranked_formats(settings.formats),
        _sent_format(plugin, offer, direct),
        request.args.get("format", ""),
    )
    history = revisions(row)
    changed = services().exam_reader.changed(row, history)
    report = services().exam_reports.report(row, format_name, labelled(changed.exam, launch.platform), history)
    return {
        "plugin": plugin,
        "format_name": format_name,
        "format_label": formats.get(format_name).label,
        "may_print": settings.allows(TeacherChoice.PRINT),
        "may_download": settings.allows(TeacherChoice.DOWNLOAD),
        "requires_review": settings.requires_review,
        "labels": labels,
        "language_name": language_name,
        **_questions(row, changed, history, report, format_name),
        "good_to_know": _exam_remarks(changed.exam, report, plugin, offer, direct),
        **_sending(row, plugin, offer, direct, format_name),
    }


def _questions(
    row: Exam, changed: Changed, history: Sequence[Revision], report: Report, format_name: str
) -> dict[str, object]:
    """Return what the page shows of the questions, their conversion and the teacher's changes."""
    launch = current_launch().launch
    is_changeable = services().access.may(launch, row, Action.CHANGE)
    review = review_of(
        changed, report, page=request.args.get("page", 1, type=int), changed_only="changed" in request.args
    )
    edits = edits_of(
        row,
        changed,
        history,
        may_change=is_changeable and _allows(TeacherChoice.CHANGE),
        saved=request.args.get("saved", 0, type=int),
    )
    return {
        "review": review,
        "examplary": _examplary(row, changed, history),
        "is_changeable": is_changeable,
        "edits": edits,
        "anchor": anchor,
        "refused": BY_CODE.get(request.args.get("refused", "")),
        "lms_views": lms_views(row, review, format_name),
        "media": media_of(row),
        "missing": missing_media(row),
        "late": late_media(row),
    }


def _sending(
    row: Exam, plugin: LmsPlugin, offer: Offer, direct: DirectImportView | None, format_name: str
) -> dict[str, object]:
    """Return what the page shows of the exam's way into the course: earlier sends, main button and downloads."""
    launch = current_launch().launch
    offered_files, sent = downloads(row, launch, plugin), sent_to_course(row, launch, plugin)
    active_links = services().package_links.count_active(row, launch)
    older = older_version(row, launch, offer, direct, sent)
    action = main_action(current_launch(), row, offer, direct, has_download=bool(offered_files), older=older)
    sent_before = bool(launch.answered_with or sent or (active_links and offer.kind is OfferKind.FILE))
    return {
        "direct": direct,
        "uses_direct": direct is not None and (direct.availability.available or direct.latest is not None),
        "form_id": new_id(),
        "stages": STAGES,
        "stage_of": stage_of,
        "actions": ACTIONS,
        "outcomes": OUTCOMES,
        "offer": offer,
        "action": action,
        "button_label": button_label(action, plugin.wording, offer, direct, older=older, sent_before=sent_before),
        "older": older,
        "sent_before": sent_before,
        "sending": offer.kind is not OfferKind.NOTHING,
        "start": starting_point(),
        "sent": sent,
        "steps_sent": plugin.next_steps(course_from(launch), format_name, OfferKind.FILE),
        "steps_after": plugin.next_steps(course_from(launch), format_name, offer.kind),
        "downloads": offered_files,
        "active_links": active_links,
    }


def _examplary(row: Exam, changed: Changed, history: Sequence[Revision]) -> ExamplaryView:
    """Return what the page says about the exam at Examplary; only its author can change it there."""
    launch = current_launch().launch
    is_author = services().access.may(launch, row, Action.CHANGE) and not launch.only_exam_id
    is_at_examplary = services().generations.can_edit(row)
    notes = new_version.notes_of(row) if is_author else None
    return ExamplaryView(
        can_edit=is_author and is_at_examplary and _allows(TeacherChoice.EXAMPLARY),
        is_gone=is_author and not is_at_examplary and not row.duplicate_id,
        is_duplicate=is_author and bool(row.duplicate_id),
        notes=notes,
        dropped=_dropped(notes, changed, history) if notes is not None else (),
        unchanged=row.version_notes is None and "edited" in request.args,
    )


def _dropped(
    notes: new_version.VersionNotes, changed: Changed, history: Sequence[Revision]
) -> tuple[DroppedEntry, ...]:
    """Return the changes that the new version lacks, without those that the teacher has made again."""
    entries = ChangeEntries(changed, changed)
    made_again = [change.operation for change in by_target(changes_in_force(history)).values()]
    return tuple(
        _dropped_entry(dropped, entries) for dropped in notes.dropped if dropped.change.operation not in made_again
    )


def _dropped_entry(dropped: new_version.DroppedChange, entries: ChangeEntries) -> DroppedEntry:
    entry = entries.stored(dropped.change.operation)
    content = json.dumps([to_json(dropped.change)]) if dropped.may_choose else ""
    return DroppedEntry(replace(entry, name=entry.name or dropped.name), dropped.text, dropped.why, content)


def _allows(choice: TeacherChoice) -> bool:
    return PlatformSettings.of(current_launch().launch.platform).allows(choice)


def _sent_format(plugin: LmsPlugin, offer: Offer, direct: DirectImportView | None) -> str:
    """Return the format that the main button sends; empty if it sends none, or a link."""
    if direct is not None and direct.availability.available and plugin.direct_import is not None:
        return plugin.direct_import.format_name
    return offer.format_name


def _settled_remarks(plugin: LmsPlugin, direct: DirectImportView | None) -> frozenset[str]:
    """Return the codes of remarks about work that the direct import does itself."""
    can_import = direct is not None and direct.availability.available
    return plugin.direct_import.settled_remarks if can_import and plugin.direct_import else frozenset()


def _title_remarks(
    exam: exams.Exam, plugin: LmsPlugin, offer: Offer, direct: DirectImportView | None
) -> tuple[Remark, ...]:
    """Return remarks if a quiz or a link would get another title, in addition to what the format's report says."""
    remarks: tuple[Remark, ...] = ()
    as_sent = labelled(exam, current_launch().launch.platform)
    if direct is not None and direct.availability.available and plugin.direct_import is not None:
        remarks += title_remarks(as_sent, plugin.direct_import.quiz_name(as_sent.title))
    if offer.kind is OfferKind.RESOURCE_LINK:
        remarks += title_remarks(as_sent, content_title(as_sent.title), LINK_TITLE)
    return remarks


def _exam_remarks(
    exam: exams.Exam, report: Report, plugin: LmsPlugin, offer: Offer, direct: DirectImportView | None
) -> list[Remark]:
    """Return the remarks on the exam as a whole: on its title, those of the report that still hold, and the exam's."""
    settled = _settled_remarks(plugin, direct)
    reported = [remark for remark in report.remarks if remark.code not in settled]
    return list(dict.fromkeys([*_title_remarks(exam, plugin, offer, direct), *reported, *exam.remarks]))
