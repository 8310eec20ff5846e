"""Words for states, notes and roles of the console."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.services.platforms.platform_states import PlatformNote, PlatformState

STATES = {
    PlatformState.OFF: ("off", N_("Off")),
    PlatformState.WAITING: ("note", N_("Waiting for the first launch")),
    PlatformState.WORKING: ("good", N_("Working")),
    PlatformState.FAILING: ("bad", N_("Launches are refused")),
    PlatformState.CLOCK_OFF: ("bad", N_("Clocks differ")),
    PlatformState.KEYS_STALE: ("note", N_("Working with old keys")),
}
"""The kind and the text of each state's tag."""

STATE_ADVICE = {
    PlatformState.OFF: N_("Launches are refused until you switch it on."),
    PlatformState.WAITING: N_("Open Examplary once from a course. This page updates itself."),
    PlatformState.CLOCK_OFF: N_("Set the clocks of the LMS and of this tool by network time (NTP)."),
    PlatformState.KEYS_STALE: N_("The LMS's keyset URL doesn't respond. Launches work until the LMS changes its keys."),
}

NOTES = {
    PlatformNote.NAMES_WITHHELD: (
        N_("Names withheld"),
        N_(
            "The LMS sends neither names nor e-mail addresses of teachers. Everything works, but their accounts at "
            "Examplary are anonymous. To change it, allow them in the tool's privacy settings in the LMS."
        ),
    ),
    PlatformNote.WRONG_PLACEMENT: (
        N_("Only downloads"),
        N_(
            "Teachers opened Examplary only where nothing can be added to the course, so they have to download exams. "
            "Enable Deep Linking in the LMS, and the placement where teachers add content."
        ),
    ),
    PlatformNote.FORMATS_WITHHELD: (
        N_("Formats withheld"),
        N_(
            "Teachers open Examplary where the LMS imports exams, but are offered none of the formats that it imports "
            "there, so they have to download exams. Offer them another format, under “Settings”."
        ),
    ),
    PlatformNote.NEW_SCOPES: (
        N_("Scopes missing"),
        N_(
            "This release of Examplary needs more scopes than when the LMS's API key was set. Tick them in the LMS and "
            "save the key again, under “Settings”; each teacher is then asked once more for permission."
        ),
    ),
    PlatformNote.CHECK_FAILED: (N_("Check failed"), N_("The latest check found a problem, see below.")),
}
"""The text of each note's tag, and its explanation."""

GENERATION_STATES = {
    "opening": N_("Opening in Examplary"),
    "open": N_("Open in Examplary"),
    "collecting": N_("Downloading from Examplary"),
    "ready": N_("Ready"),
    "returned": N_("Added to the course"),
    "cancelled": N_("Discarded"),
    "failed": N_("Failed"),
    "expired": N_("Left unfinished"),
}
"""Labels by :class:`lti_tool.models.GenerationState`."""

IMPORT_STATES = {
    "asked": N_("Waiting"),
    "sending": N_("Being sent"),
    "queued": N_("Waiting in the LMS"),
    "importing": N_("Being imported"),
    "waiting": N_("Waiting for the teacher"),
    "done": N_("Done"),
    "done_with_warnings": N_("Done, with remarks"),
    "failed": N_("Failed"),
}
"""Labels by :class:`lti_tool.models.ImportState`."""

IMPORT_OUTCOMES = {
    "created": N_("Quiz made"),
    "updated": N_("Quiz updated"),
    "updated_attempted": N_("Quiz updated after attempts"),
    "unchanged": N_("Nothing to change"),
    "adopted": N_("Copied quiz updated"),
    "unpublished": N_("Quiz made, not published"),
    "replaced": N_("Quiz replaced"),
    "replaced_with_more": N_("Quiz replaced, with other questions"),
    "elsewhere": N_("Added alongside others"),
}
"""Labels of the outcomes of imports, :data:`lti_tool.lms.direct_import.OUTCOMES`."""

CHORES = {
    "delete_session": N_("Delete the session at Examplary"),
    "delete_exam": N_("Delete the exam at Examplary"),
    "fetch_original": N_("Fetch Examplary's own package"),
    "fetch_media": N_("Fetch images and files"),
    "revoke_tokens": N_("Return a permission to the LMS"),
    "delete_user": N_("Delete the user at Examplary"),
}
"""Labels by :class:`lti_tool.models.ChoreKind`."""

AUDITED = {
    "exam.kept": N_("Downloaded from Examplary"),
    "exam.reviewed": N_("Questions reviewed"),
    "exam.revised": N_("New version from Examplary"),
    "exam.duplicated": N_("Duplicated"),
    "exam.handed_over": N_("Handed over"),
    "exam.retried": N_("Tried again"),
    "exam.sent": N_("Sent to the LMS"),
    "exam.downloaded": N_("Downloaded by the teacher"),
    "package.fetched": N_("Package downloaded by the LMS"),
    "links.revoked": N_("Package links revoked"),
}
"""Labels of audited actions on exams."""

HISTORY = {
    **GENERATION_STATES,
    **IMPORT_STATES,
    **IMPORT_OUTCOMES,
    **CHORES,
    **AUDITED,
    "deleted": N_("Deleted"),
    "generation": N_("Generation"),
    "edit": N_("Change in Examplary"),
    "launch": N_("Launch"),
    "change": N_("Changed by the teacher"),
    "undo": N_("Change undone"),
    "import": N_("Direct import"),
    "waiting_for_consent": N_("Waiting for the teacher's permission"),
    "made": N_("made"),
    "link": N_("Package link"),
    "revoked": N_("revoked"),
    "chore": N_("Still to do"),
    "chore_done": N_("Done"),
}
"""Labels of the steps of :mod:`lti_tool.services.operations.exam_history`, and of their states."""

ACTORS = {"operator": N_("the operator"), "lms": N_("the LMS"), "tool": N_("this tool")}
"""Labels of actors that are not people of an LMS."""
