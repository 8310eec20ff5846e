"""Common Cartridge 1.1 by the official schemas, which may not be passed on: beside the checkout or not there."""

from pathlib import Path

from lti_tool.formats.check.schema import invalid_by_schema, schemas_beside

SCHEMAS = schemas_beside(Path(__file__).parents[3])
"""The folder of the schemas, or None."""


def mistakes(document):
    """What is wrong with a manifest or an assessment of the common profile; nothing if the schemas are not there."""
    return [] if SCHEMAS is None else invalid_by_schema(document, SCHEMAS, cartridge=True)
