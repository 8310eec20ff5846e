"""Errors of Moodle's plugin for Examplary, as people see them (``integrations/moodle/PROTOCOL.md``, section 5)."""

from __future__ import annotations

from lti_tool.errors import N_
from lti_tool.lms.direct_import import DirectImportError

AGAIN = N_("Open Examplary again from your course and add the exam there. Nothing is lost.")
BY_HAND = N_("Nothing was added to your course. Download the exam and import it there.")
ADMINISTRATOR = N_("Ask your Moodle administrator. Until then, download the exam and import it.")


class PluginMissing(DirectImportError):
    """No plugin answers at the address: it was removed, or services.php does not know it."""

    code = "moodle.plugin_missing"
    sentence = N_("Moodle's plugin for Examplary doesn't respond.")
    advice = ADMINISTRATOR


class PluginOld(DirectImportError):
    """The plugin and the tool speak different versions of the protocol."""

    code = "moodle.plugin_old"
    sentence = N_("Moodle's plugin for Examplary doesn't fit this version of Examplary.")
    advice = N_("Ask your Moodle administrator to update it. Until then, download the exam and import it.")


class ServiceOff(DirectImportError):
    """The service is off for this tool, here, or as a scope of the access token."""

    code = "moodle.service_off"
    sentence = N_("Moodle doesn't let Examplary make quizzes.")
    advice = N_(
        "Ask your Moodle administrator to allow Examplary's quizzes in the tool's settings, under Services. Until "
        "then, download the exam and import it."
    )


class HandleExpired(DirectImportError):
    """The launch is too long ago."""

    code = "moodle.handle_expired"
    sentence = N_("Moodle's permission for this page has expired.")
    advice = AGAIN


class HandleRefused(DirectImportError):
    """The handle is not of this course, tool or site."""

    code = "moodle.handle_refused"
    sentence = N_("Moodle no longer recognises this page.")
    advice = AGAIN


class CourseClosed(DirectImportError):
    """The course is gone or closed to this person, or the tool may not be used in it."""

    code = "moodle.course_closed"
    sentence = N_("You or Examplary no longer have access to this Moodle course.")
    advice = BY_HAND


class MoodlePermissionMissing(DirectImportError):
    """The teacher lacks a permission. Facts: ``capabilities``."""

    code = "moodle.permission_missing"
    sentence = N_("You don't have Moodle's permission to make this quiz (%(capabilities)s).")
    advice = N_("Ask your Moodle administrator for it. Until then, download the exam and import it.")
    status = 403


class TooLargeForMoodle(DirectImportError):
    """The plugin, or the web server before it, takes no request of this size."""

    code = "moodle.too_large"
    sentence = N_("The exam with its images is too large for Moodle.")
    advice = N_("Use fewer or smaller images, or ask your Moodle administrator to raise the limit.")
    status = 413


class TooManyQuestions(DirectImportError):
    """The plugin takes a thousand questions."""

    code = "moodle.too_many_questions"
    sentence = N_("Moodle takes at most 1,000 questions at once.")
    advice = BY_HAND
    status = 413


class QuestionsRefused(DirectImportError):
    """Moodle's importer refused questions; ``lines`` have its words."""

    code = "moodle.questions_refused"
    sentence = N_("Moodle can't import some of the questions, so nothing was added.")
    advice = N_("See below what Moodle said of each question.")
    status = 422


class MoodleBusy(DirectImportError):
    """Another exam is being added to the course, or the site is under maintenance."""

    code = "moodle.busy"
    sentence = N_("Moodle is busy.")
    advice = N_("Nothing is lost. Wait a minute and try again.")
    status = 503


class MoodleFailed(DirectImportError):
    """The plugin failed. Facts: ``reference``."""

    code = "moodle.failed"
    sentence = N_("Moodle couldn't make the quiz (reference %(reference)s).")
    advice = N_(
        "Nothing was added. Your Moodle administrator finds the reason in the server's log, by this reference. Until "
        "then, download the exam and import it."
    )


class MoodleRequestRefused(DirectImportError):
    """The plugin could not read our request: a fault of this tool. Facts: ``answer``."""

    code = "moodle.request_refused"
    sentence = N_("Moodle didn't understand Examplary's request (%(answer)s).")
    advice = N_("Please report it to the person who runs Examplary. Until then, download the exam and import it.")
