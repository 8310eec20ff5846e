"""Forms about a platform."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are those of 3.2

from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Platform
from lti_tool.services.generations.presets import preset_lines
from lti_tool.services.platforms.setting_values import override_lines
from lti_tool.web.admin.csrf import ConsoleForm
from lti_tool.web.admin.forms import tidy, tidy_pasted

ADDRESSES = ("issuer", "client_id", "authorization_url", "jwks_url", "token_url", "token_audience")


class _RegistrationForm(ConsoleForm):
    """The values of a registration that may change without its issuer."""

    client_id = StringField(_l("Client ID"), filters=[tidy])
    authorization_url = StringField(_l("Authentication request URL"), filters=[tidy])
    jwks_url = StringField(_l("Public keyset URL"), filters=[tidy])
    token_url = StringField(_l("Access token URL"), filters=[tidy])
    token_audience = StringField(_l("Audience for access tokens"), filters=[tidy])


class AddressForm(_RegistrationForm):
    """The values that an LMS shows. A whole JSON may be pasted into any of them."""

    name = StringField(_l("Your name for this LMS"), filters=[tidy])
    issuer = StringField(_l("Platform ID (issuer)"), filters=[tidy])
    deployment_id = StringField(_l("Deployment ID"), filters=[tidy])


class InvitationForm(ConsoleForm):
    """A registration link."""

    name = StringField(_l("Your name for this LMS"), filters=[tidy])


REVIEW = (
    SelectChoice("no", _l("Adding an exam counts as its review")),
    SelectChoice("yes", _l("Teachers must tick that they have reviewed the questions")),
)


class SettingsForm(_RegistrationForm):
    """The settings of a registered platform."""

    name = StringField(_l("Name"), filters=[tidy])
    theme_color = StringField(_l("Colour of Examplary's form and of the pages"), filters=[tidy])
    presets = TextAreaField(_l("Defaults for Examplary's form"), filters=[tidy])
    formats = SelectMultipleField(_l("Formats that teachers are offered"), validate_choice=False)
    default_format = RadioField(_l("The format that comes first"), validate_choice=False)
    quiz_kind = RadioField(_l("Kind of quiz for direct import"), validate_choice=False)
    choices = SelectMultipleField(_l("Teachers may"), validate_choice=False)
    requires_review = RadioField(_l("Review of the questions"), choices=REVIEW, validate_choice=False)
    question_tag = StringField(_l("Tag for all questions"), filters=[tidy])
    title_prefix = StringField(_l("Prefix for all titles"), filters=[tidy])
    role_overrides = TextAreaField(_l("Role overrides"), filters=[tidy])
    deletes_exams = RadioField(_l("Exams at Examplary"), validate_choice=False)
    keep_launch_days = StringField(_l("Days to keep launches and names"), filters=[tidy])
    keep_generation_days = StringField(_l("Days to keep generation history"), filters=[tidy])
    keep_exam_days = StringField(_l("Days to keep exams"), filters=[tidy])
    frame_hosts = TextAreaField(_l("Other hosts that show the LMS"), filters=[tidy])
    notes = TextAreaField(_l("Notes"), filters=[tidy])

    def values(self) -> dict[str, object]:
        """Return the values of the fields that were sent; a setting whose field is missing stays as it is."""
        lists = {"presets", "frame_hosts", "role_overrides"}
        names = [name for name in self._fields if name != self.Meta.csrf_field_name and self[name].raw_data]
        values = {name: _lines(self[name].data) if name in lists else self[name].data for name in names}
        if "requires_review" in values:
            values["requires_review"] = values["requires_review"] == "yes"
        if "choices" in values:
            ticked = values.pop("choices")
            values["withheld_choices"] = [choice for choice in TeacherChoice if choice not in ticked]
        return values


@dataclass(frozen=True, slots=True)
class Defaults:
    """The installation's values for settings that a platform leaves open."""

    theme_color: str
    deletes_exams: bool
    keep_launch_days: int
    keep_generation_days: int
    keep_exam_days: int


WORKSPACES = (
    SelectChoice("ask", _l("Ask Examplary")),
    SelectChoice("same", _l("The same workspace: everyone keeps their account")),
    SelectChoice("other", _l("Another workspace: everyone gets a new account there")),
)


class KeyForm(ConsoleForm):
    """An Examplary API key of the platform's own."""

    api_key = PasswordField(_l("API key"))
    workspace = RadioField(_l("Workspace of the new key"), choices=WORKSPACES, default="ask")
    anyway = BooleanField(_l("Even if exams in progress are lost"))


class LmsKeyForm(ConsoleForm):
    """The key to an LMS's own API, with which quizzes appear at once."""

    base_url = StringField(_l("Address of the LMS"), filters=[tidy])
    key_id = StringField(_l("Client ID of the API key"), filters=[tidy])
    secret = PasswordField(_l("Secret of the API key"))
    all_scopes = BooleanField(_l("All optional scopes are ticked, or scopes aren't enforced"))


class DeploymentForm(ConsoleForm):
    """A deployment to add."""

    deployment_id = StringField(_l("Deployment ID"), filters=[tidy_pasted])


class MoveForm(ConsoleForm):
    """The new address of an LMS."""

    issuer = StringField(_l("New platform ID (issuer)"), filters=[tidy])


class MergeForm(ConsoleForm):
    """The registration that stays."""

    into = RadioField(_l("The registration that stays"), validate_choice=False)


class RemoveForm(ConsoleForm):
    """A confirmation that can't be clicked by mistake."""

    confirmation = StringField(_l("Type the client ID to confirm"), filters=[tidy])
    with_exams = BooleanField(_l("Also delete its people and their exams, here and at Examplary"))


_TEXTS = (
    "name",
    "theme_color",
    "notes",
    "question_tag",
    "title_prefix",
    "default_format",
    "quiz_kind",
    "client_id",
    "authorization_url",
    "jwks_url",
    "token_url",
    "token_audience",
)
_PERIODS = ("keep_launch_days", "keep_generation_days", "keep_exam_days")


def settings_of(row: Platform) -> dict[str, object]:
    """Return the current values for :class:`SettingsForm`."""
    lists = {
        "presets": preset_lines(row.presets),
        "frame_hosts": row.frame_hosts,
        "role_overrides": override_lines(row.role_overrides),
    }
    return {
        **{name: getattr(row, name) for name in _TEXTS},
        **{name: _days(getattr(row, name)) for name in _PERIODS},
        **{name: "\n".join(lines) for name, lines in lists.items()},
        "formats": row.formats or [],
        "choices": [str(choice) for choice in TeacherChoice if choice not in (row.withheld_choices or ())],
        "requires_review": "yes" if row.requires_review else "no",
        "deletes_exams": {None: "", True: "yes", False: "no"}[row.deletes_exams],
    }


def _days(days: int | None) -> str:
    return "" if days is None else str(days)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
