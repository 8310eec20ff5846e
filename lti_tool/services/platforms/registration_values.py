"""Check the values of a registration, and tidy those whose meaning is clear."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lti_tool.errors import N_
from lti_tool.examplary import JsonObject
from lti_tool.lms import plugin_for, plugin_for_family, plugins
from lti_tool.lti.protocol.addresses import frame_origin, is_web_address
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, storable
from lti_tool.lti.protocol.platform_configuration import ADDRESS_LENGTH
from lti_tool.services.generations.presets import PREFIX, preset_names, presets_of
from lti_tool.services.platforms.pasted_values import ADDRESSES, tidy_text, tidy_values
from lti_tool.services.platforms.setting_values import MORE_THAN, MUST_BE_ONE_OF, checked_settings, tidy_color
from lti_tool.services.platforms.value_errors import InvalidValue

NAME_LENGTH = 255
NOTES_LENGTH = 4000
PASTED = frozenset({"issuer", "client_id", "token_audience", "family", *ADDRESSES})
"""Values that are copied from an LMS."""
TAG_LENGTH, PREFIX_LENGTH = 50, 60
MAX_HOSTS = 50
TOO_LONG = N_("it is longer than %(number)d characters or contains invalid ones")
COLOR = re.compile("#[0-9a-fA-F]{6}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked_values(values: Mapping[str, object], *, insecure: bool) -> dict[str, object]:
    """Return ``values`` tidied, or raise :class:`InvalidValue`."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    checked: dict[str, object] = {**values, **_tidied(texts)}
    for name in ("issuer", "client_id"):
        text = checked.get(name, "")
        if not isinstance(text, str) or len(text) > IDENTIFIER_LENGTH or not is_one_line(text):
            raise InvalidValue(what=name, problem=N_("it's not an ID"))
    audience = checked.get("token_audience", "")
    if not isinstance(audience, str) or len(audience) > ADDRESS_LENGTH or not is_one_line(audience):
        raise InvalidValue(what="token_audience", problem=N_("it's too long, or has several lines"))
    _check_address("issuer", checked.get("issuer"), insecure=insecure)
    for name in ADDRESSES:
        _check_address(name, checked.get(name), insecure=insecure)
    family = checked.get("family")
    families = [plugin.family for plugin in plugins()]
    if family and family not in families:
        raise InvalidValue(what="family", problem=MUST_BE_ONE_OF, choices=families)
    if "frame_hosts" in checked:
        checked["frame_hosts"] = _frame_hosts(checked["frame_hosts"])
    _check_appearance(checked)
    if "presets" in checked:
        checked["presets"] = _presets(checked["presets"])
    return checked | checked_settings(checked)


def is_one_line(text: str) -> bool:
    """Return whether ``text`` has no control characters, no line breaks, and nothing that a database can't store."""
    return _CONTROLS.search(text) is None


def with_usual_addresses(values: Mapping[str, object]) -> dict[str, object]:
    """Return ``values`` with the addresses that follow from the issuer in its family, where none was typed."""
    tidied = tidy_values({name: text for name, text in values.items() if isinstance(text, str) and name in PASTED})
    issuer, family = tidied.get("issuer", ""), tidied.get("family", "")
    plugin = plugin_for_family(family) if family else plugin_for("", issuer)
    usual = plugin.addresses(issuer) if issuer else {}
    return {**values, **{name: address for name, address in usual.items() if not values.get(name)}}


def _tidied(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what was pasted into fields for the LMS's values in the LMS's form, and other texts without blanks."""
    tidied = tidy_values({name: text for name, text in texts.items() if name in PASTED})
    return (
        {name: text.strip() for name, text in texts.items()}
        | {name: text for name, text in tidied.items() if name in texts}
        | {name: tidy_color(text) for name, text in texts.items() if name == "theme_color"}
    )


def _frame_hosts(values: object) -> list[str]:
    hosts = [tidied for host in values if (tidied := tidy_text(str(host)))] if isinstance(values, list) else []
    for host in hosts:
        if not frame_origin(host):
            raise InvalidValue(what="frame_host", problem=N_("%(host)s is not a host"), host=host[:100])
    if len(hosts) > MAX_HOSTS:
        raise InvalidValue(what="frame_host", problem=MORE_THAN, number=MAX_HOSTS)
    return list(dict.fromkeys(hosts))


def _check_appearance(values: Mapping[str, object]) -> None:
    """Check the name, the colour and the labels that people see, and the notes."""
    name, color = str(values.get("name", "")), str(values.get("theme_color", ""))
    notes = str(values.get("notes", ""))
    if len(notes) > NOTES_LENGTH or not storable(notes):
        raise InvalidValue(what="notes", problem=N_("they are longer than %(number)d characters"), number=NOTES_LENGTH)
    if len(name) > NAME_LENGTH or not is_one_line(name):
        raise InvalidValue(what="name", problem=TOO_LONG, number=NAME_LENGTH)
    for label, length in (("question_tag", TAG_LENGTH), ("title_prefix", PREFIX_LENGTH)):
        text = str(values.get(label, ""))
        if len(text) > length or not is_one_line(text):
            raise InvalidValue(what=label, problem=TOO_LONG, number=length)
    if color and not COLOR.fullmatch(color):
        raise InvalidValue(what="theme_color", problem=N_("it must be a colour such as #4f46e5"))


def _presets(assignments: object) -> JsonObject:
    """Parse presets of the form ``name=value``; those with an empty value are left out."""
    presets: JsonObject = {}
    for assignment in assignments if isinstance(assignments, list) else []:
        name, equals, value = assignment.partition("=")
        preset = presets_of({PREFIX + name.strip(): value})
        if name.strip() not in preset_names() or not equals or (value.strip() and not preset):
            problem = N_("%(text)s must be name=value, with one of these names: %(choices)s")
            raise InvalidValue(what="preset", problem=problem, text=assignment, choices=preset_names())
        presets |= preset
    return presets


def _check_address(name: str, value: object, *, insecure: bool) -> None:
    if not value:
        return
    if not isinstance(value, str) or len(value) > ADDRESS_LENGTH or not is_web_address(value):
        raise InvalidValue(what=name, problem=N_("it must be a complete address"))
    if not insecure and not is_web_address(value, https_only=True):
        raise InvalidValue(what=name, problem=N_("it must begin with https:// (for tests: --insecure)"))
