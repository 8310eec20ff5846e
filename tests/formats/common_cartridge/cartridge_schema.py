"""Validate against the official Common Cartridge 1.1 schemas, where they are available."""

from lti_tool.formats.check.schema import invalid_by_schema
from tests.support.standard_schemas import SCHEMAS


def schema_errors(document):
    """Schema errors in a manifest or assessment; an empty list without the schemas."""
    return [] if SCHEMAS is None else invalid_by_schema(document, SCHEMAS, cartridge=True)
