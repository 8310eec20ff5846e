"""Checks of what a direct import needs: our plugin in the LMS, or launches that say which course it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from lti_tool.errors import N_
from lti_tool.lms import LmsPlugin
from lti_tool.lti import Role
from lti_tool.lti.protocol.platform_configuration import PlatformConfiguration
from lti_tool.models import Launch, LmsApiKey, Platform, db
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus

PLUGIN = N_("Plugin in the LMS")
CUSTOM_FIELDS = N_("Custom fields")
QUIZ_KIND = N_("Kind of quiz for direct import")


def check_plugin(plugin: LmsPlugin, configuration: PlatformConfiguration | None) -> Iterator[CheckResult]:
    """Say whether our plugin is installed in the LMS, as far as its public configuration shows."""
    if not plugin.scopes or configuration is None or configuration.scopes is None:
        return
    if configuration.scopes.issuperset(plugin.scopes):
        yield CheckResult(name=PLUGIN, sentence=N_("The LMS has the plugin that makes quizzes."))
        return
    yield CheckResult(
        name=PLUGIN,
        status=CheckStatus.NOTE,
        sentence=N_("The LMS doesn't have the plugin that makes quizzes. Teachers download exams and import them."),
        advice=N_("See /help/administrators on this tool for installing it."),
    )


def offered_scopes(plugin: LmsPlugin, configuration: PlatformConfiguration | None) -> tuple[str, ...]:
    """Return the scopes of a direct import, unless the LMS says that it doesn't know them."""
    if configuration is None or configuration.scopes is None:
        return plugin.scopes
    return tuple(scope for scope in plugin.scopes if scope in configuration.scopes)


def check_launches(row: Platform, plugin: LmsPlugin) -> Iterator[CheckResult]:
    """Say whether the newest launch of a teacher names course and person at the LMS's own API.

    A tool that was registered before this was asked for doesn't send it until its custom parameters are added.
    """
    direct = plugin.direct_import
    if direct is None or direct.account_access is None:
        return
    yield from _check_quiz_kind(row, plugin)
    query = select(Launch.import_grant_encrypted.is_not(None)).where(
        Launch.platform_id == row.id,
        Launch.role == Role.INSTRUCTOR,
        Launch.context_id != "",
        Launch.tab_of == "",
    )
    says_course = db.session.scalar(query.order_by(Launch.created_at.desc()).limit(1))
    if says_course:
        sentence = N_("Launches name course and teacher as the LMS's API knows them.")
        yield CheckResult(name=CUSTOM_FIELDS, sentence=sentence)
    elif says_course is not None:
        yield CheckResult(
            name=CUSTOM_FIELDS,
            status=CheckStatus.NOTE,
            sentence=N_("The newest launch doesn't name course and teacher as the LMS's API knows them."),
            advice=N_("Add these custom fields to the tool in the LMS: %(fields)s"),
            facts={"fields": " ".join(f"{name}={value}" for name, value in plugin.custom_parameters.items())},
        )


def _check_quiz_kind(row: Platform, plugin: LmsPlugin) -> Iterator[CheckResult]:
    """Report an API key that can't read which kind of quizzes a course has: then nothing is imported."""
    kind, key = plugin.quiz_kinds.get(row.quiz_kind), db.session.get(LmsApiKey, row.id)
    missing = [scope for scope in kind.scopes if key and scope not in key.optional_scopes] if kind else []
    if missing:
        yield CheckResult(
            name=QUIZ_KIND,
            status=CheckStatus.WRONG,
            sentence=N_("Only one kind of quiz is allowed, and the API key can't tell which courses have it."),
            advice=N_(
                "Tick these scopes in the API key in the LMS, and save it here with all optional ones: %(scopes)s"
            ),
            facts={"scopes": missing},
        )
