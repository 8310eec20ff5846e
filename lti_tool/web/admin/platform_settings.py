"""Settings of a platform, and changes that can't be undone."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from lti_tool.errors import N_, Phrase, ToolError
from lti_tool.lms import plugin_for, plugin_for_registration
from lti_tool.lms.teacher_choices import ALL_FORMATS
from lti_tool.models import Platform, db
from lti_tool.services.delivery.account_keys import account_access
from lti_tool.services.generations.presets import preset_names
from lti_tool.services.platforms.api_keys import access_of, new_scopes
from lti_tool.services.platforms.merging import merge_platforms
from lti_tool.services.platforms.moving import move_platform
from lti_tool.services.platforms.setting_values import format_choices
from lti_tool.web.admin.blueprint import bp, current_administrator, current_platform
from lti_tool.web.admin.csrf import ConsoleForm
from lti_tool.web.admin.forms import as_sentence, explain
from lti_tool.web.admin.platform_forms import (
    Defaults,
    KeyForm,
    LmsKeyForm,
    MergeForm,
    MoveForm,
    RemoveForm,
    SettingsForm,
    settings_of,
)
from lti_tool.web.admin.setting_labels import labelled_choices, labelled_formats, labelled_quiz_kinds
from lti_tool.web.current_launch import services


def family_of(row: Platform) -> str:
    """Return the LMS family of a platform: as registered, or as its issuer implies."""
    return row.family or plugin_for("", row.issuer).family


def defaults() -> Defaults:
    """Return the installation's values, which apply where the platform has none of its own."""
    settings = services().settings
    return Defaults(
        theme_color=settings.theme_color,
        deletes_exams=settings.delete_exam_at_examplary,
        keep_launch_days=settings.keep_launch_days,
        keep_generation_days=settings.keep_generation_days,
        keep_exam_days=settings.keep_exam_days,
    )


ALIASES = {"preset": "presets", "frame_host": "frame_hosts", "withheld_choices": "choices"}
"""Fields of the form by the names that errors use for them."""


@bp.route("/platforms/<platform_id>/settings", methods=["GET", "POST"])
def platform_settings() -> Response:
    """Change what administrators decide about a platform."""
    row = current_platform()
    form = SettingsForm(request.form or None, data=settings_of(row))
    if request.method == "POST":
        try:
            services().platforms.change(row, form.values(), insecure=_insecure(), actor=current_administrator().actor)
        except ToolError as error:
            db.session.rollback()
            explain(form, error, **ALIASES)
        else:
            return redirect(url_for("admin.platform", platform_id=row.id), 303)
    return _settings_page(form, KeyForm())


@bp.post("/platforms/<platform_id>/key")
def platform_key() -> Response:
    """Set or remove the platform's own Examplary API key."""
    row, form = current_platform(), KeyForm(request.form)
    removes = "remove" in request.form
    if not removes and not (form.api_key.data or "").strip():
        form.api_key.errors = [as_sentence(Phrase(N_("it's missing")))]
        return _settings_page(SettingsForm(data=settings_of(row)), form)
    try:
        services().examplary_accounts.set_api_key(
            row,
            "" if removes else (form.api_key.data or "").strip(),
            same_workspace={"same": True, "other": False}.get(str(form.workspace.data)),
            anyway=bool(form.anyway.data),
            actor=current_administrator().actor,
        )
    except ToolError as error:
        db.session.rollback()
        explain(form, error)
        return _settings_page(SettingsForm(data=settings_of(row)), form)
    return redirect(url_for("admin.platform_settings", platform_id=row.id, _anchor="key"), 303)


@bp.post("/platforms/<platform_id>/lms-key")
def lms_key() -> Response:
    """Set or remove the key to the LMS's own API."""
    row = current_platform()
    form = LmsKeyForm(request.form)
    actor = current_administrator().actor
    try:
        if "remove" in request.form:
            services().api_keys.remove(row, actor=actor)
        else:
            _set_lms_key(row, form, actor)
    except ToolError as error:
        db.session.rollback()
        explain(form, error, client_id="key_id", url="base_url")
        return _settings_page(SettingsForm(data=settings_of(row)), KeyForm(), form)
    return redirect(url_for("admin.platform_settings", platform_id=row.id, _anchor="lms-key"), 303)


def _set_lms_key(row: Platform, form: LmsKeyForm, actor: str) -> None:
    family = family_of(row)
    optional = access_of(family).optional_scopes
    services().api_keys.set(
        row,
        family=family,
        base_url=form.base_url.data or "",
        client_id=form.key_id.data or "",
        secret=form.secret.data or "",
        optional_scopes=optional if form.all_scopes.data else (),
        insecure=_insecure(),
        actor=actor,
    )


@bp.get("/platforms/<platform_id>/danger")
def danger() -> Response:
    """Show the changes that can't be undone, with all that they affect."""
    return _danger_page()


@bp.post("/platforms/<platform_id>/danger/move")
def move() -> Response:
    """Follow an LMS to another address."""
    row, form = current_platform(), MoveForm(request.form)
    try:
        move_platform(
            services().platforms,
            row,
            form.issuer.data or "",
            insecure=_insecure(),
            actor=current_administrator().actor,
        )
    except ToolError as error:
        db.session.rollback()
        explain(form, error)
        return _danger_page(move_form=form)
    return redirect(url_for("admin.platform", platform_id=row.id), 303)


@bp.post("/platforms/<platform_id>/danger/merge")
def merge() -> Response:
    """Merge this registration into another one of the same LMS."""
    row, form = current_platform(), MergeForm(request.form)
    into = next((other for other in _duplicates(row) if other.id == form.into.data), None)
    if into is None:
        form.form_errors.append(gettext("Choose the registration that stays."))
        return _danger_page(merge_form=form)
    try:
        merge_platforms(row, into, actor=current_administrator().actor)
    except ToolError as error:
        db.session.rollback()
        explain(form, error)
        return _danger_page(merge_form=form)
    return redirect(url_for("admin.platform", platform_id=into.id), 303)


@bp.post("/platforms/<platform_id>/danger/remove")
def remove() -> Response:
    """Delete a registration, after its client ID was typed."""
    row, form = current_platform(), RemoveForm(request.form)
    if form.confirmation.data != row.client_id:
        form.form_errors.append(gettext("Type %(client_id)s to confirm.", client_id=row.client_id))
        return _danger_page(remove_form=form)
    try:
        services().platforms.remove(row, with_exams=bool(form.with_exams.data), actor=current_administrator().actor)
    except ToolError as error:
        db.session.rollback()
        explain(form, error)
        return _danger_page(remove_form=form)
    return redirect(url_for("admin.platforms"), 303)


def _duplicates(row: Platform) -> list[Platform]:
    """Return other registrations of the same LMS that the account sees."""
    scope = current_administrator().scope(Platform.id)
    query = select(Platform).where(Platform.issuer == row.issuer, Platform.id != row.id, scope)
    return list(db.session.scalars(query.order_by(Platform.client_id).limit(50)))


def _insecure() -> bool:
    """Return whether addresses without TLS may be registered, as in the demo."""
    return services().settings.stand_ins_allowed


def _settings_page(form: SettingsForm, key_form: KeyForm, lms_key_form: LmsKeyForm | None = None) -> Response:
    row = current_platform()
    lms_key_form = lms_key_form or LmsKeyForm()
    page = render_template(
        "admin/platform_settings.html",
        platform=row,
        has_api=account_access(family_of(row)) is not None,
        stored_key=services().api_keys.of(row),
        new_scopes=new_scopes(row),
        redirect_uri=services().api_keys.redirect_uri,
        lms_key_form=lms_key_form,
        form=form,
        key_form=key_form,
        defaults=defaults(),
        all_formats=labelled_formats(format_choices()),
        first_formats=labelled_formats(plugin_for_registration(row.family, row.issuer).ranked_formats(ALL_FORMATS)),
        quiz_kinds=labelled_quiz_kinds(row),
        teacher_choices=labelled_choices(),
        preset_names=preset_names(),
    )
    return make_response(page, _status(form, key_form, lms_key_form))


def _danger_page(
    *, move_form: MoveForm | None = None, merge_form: MergeForm | None = None, remove_form: RemoveForm | None = None
) -> Response:
    row = current_platform()
    forms = {
        "move_form": move_form or MoveForm(),
        "merge_form": merge_form or MergeForm(),
        "remove_form": remove_form or RemoveForm(),
    }
    usage = services().platforms.usage(row)
    page = render_template("admin/danger.html", platform=row, usage=usage, duplicates=_duplicates(row), **forms)
    return make_response(page, _status(*forms.values()))


def _status(*forms: ConsoleForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if any(form.errors for form in forms) else HTTPStatus.OK
