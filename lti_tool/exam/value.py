"""Value classes: compared and hashed by their fields, and immutable to the type checker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_Class]) -> type[_Class]:
    """Make a dataclass whose instances are frozen for the type checker, but not at run time.

    A frozen dataclass sets each field of each instance with a function call. An exam has thousands of instances, and
    those calls took a tenth of the time of a conversion (measured).
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def named_value(cls: type[_Class]) -> type[_Class]:
    """Like :func:`value`, with keyword-only fields."""
    return dataclass(slots=True, unsafe_hash=True, kw_only=True)(cls)
