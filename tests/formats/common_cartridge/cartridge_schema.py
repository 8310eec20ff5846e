"""Common Cartridge 1.1 by the official schemas, which may not be passed on: beside the checkout or not there."""

import re
from functools import cache
from pathlib import Path

from lxml import etree

from lti_tool.formats.check.schema import schemas_beside

SCHEMAS = schemas_beside(Path(__file__).parents[3])
"""The folder of the schemas, or None."""

_ROOTS = {
    "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1": "ccv1p1_imscp_v1p2_v1p0.xsd",
    "http://www.imsglobal.org/xsd/ims_qtiasiv1p2": "ccv1p1_qtiasiv1p2p1_v1p0.xsd",
}


class _Offline(etree.Resolver):
    def resolve(self, system_url, public_id, context):
        if not re.match("https?:", system_url):
            return None
        return self.resolve_filename(str(SCHEMAS / "moodle-cc11" / system_url.rsplit("/", 1)[1]), context)


@cache
def _schema(name):
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(SCHEMAS / "moodle-cc11" / name, parser))


def mistakes(document):
    """What is wrong with a manifest or an assessment of the common profile; nothing if the schemas are not there."""
    if SCHEMAS is None:
        return []
    schema = _schema(_ROOTS[etree.QName(document).namespace])
    schema.validate(document)
    return [error.message for error in schema.error_log]
