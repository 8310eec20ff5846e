"""Fields that the console's forms share, and how a service's error reaches its field."""

from __future__ import annotations

from typing import Any

from wtforms import Form

from lti_tool.errors import Phrase, ToolError
from lti_tool.services.platforms.pasted_values import tidy_text
from lti_tool.web.locale import localize, phrase_text


def tidy(value: str | None) -> str:
    """Return a field's text without blanks around it; a filter of WTForms."""
    return (value or "").strip()


def tidy_pasted(value: str | None) -> str:
    """Return a value copied from an LMS, without what surrounds it."""
    return tidy_text(value or "")


def explain(form: Form, error: ToolError, **names: str) -> None:
    """Put an error beside the field that it is about, or above the form.

    The error's fact ``what`` names the field; ``names`` has the fields that the form calls something else.
    """
    what = str(error.facts.get("what", ""))
    field = getattr(form, names.get(what, what), None) if what else None
    problem = error.facts.get("problem")
    if field is not None and isinstance(problem, Phrase):
        field.errors = [*field.errors, as_sentence(problem)]
    else:
        form.form_errors.append(f"{localize(error.sentence, error.facts)} {localize(error.advice, error.facts)}")


def as_sentence(problem: Phrase) -> str:
    """Return the reason why a value is refused, as a sentence. A value at its beginning stays as it was typed."""
    text = phrase_text(problem)
    return f"{text}." if problem.text.startswith("%(") else f"{text[:1].upper()}{text[1:]}."


def filled(form: Form, *names: str) -> dict[str, Any]:
    """Return the data of these fields."""
    return {name: form[name].data for name in names}
