"""Validate against the official Common Cartridge 1.1 schemas, if they are beside the checkout (no redistribution)."""

from pathlib import Path

from lti_tool.formats.check.schema import invalid_by_schema, schemas_beside

SCHEMAS = schemas_beside(Path(__file__).parents[3])
"""The folder of the schemas, or None."""


def mistakes(document):
    """Schema errors in a manifest or assessment; an empty list without the schemas."""
    return [] if SCHEMAS is None else invalid_by_schema(document, SCHEMAS, cartridge=True)
