"""The manifest of a cartridge.

See docs/reference/moodle.md#common-cartridge and docs/reference/importers.md#common-cartridge.
"""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.exam.model import Exam
from lti_tool.formats.common_cartridge.html import WEB_RESOURCES
from lti_tool.formats.common_cartridge.report_page import page_path, page_title
from lti_tool.formats.text.xml_text import escape, keyword_elements
from lti_tool.formats.writing.identifiers import ident

CANVAS_FLAG = "course_settings/canvas_export.txt"
"""Canvas reads ``non_cc_assessments`` only if the cartridge has this file."""

MODULES_PATH = "course_settings/module_meta.xml"
NO_MODULES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<modules xmlns="http://canvas.instructure.com/xsd/cccv1p0"></modules>\n'
)
"""Canvas makes no module of it, as without the file. Open edX's cc2olx expects it wherever Canvas's flag is."""

_FOR_INSTRUCTORS = (
    "<metadata><lom:lom><lom:educational><lom:intendedEndUserRole><lom:source>IMSGLC_CC_Rolesv1p1</lom:source>"
    "<lom:value>Instructor</lom:value></lom:intendedEndUserRole></lom:educational></lom:lom></metadata>"
)

_ASSOCIATED = "associatedcontent/imscc_xmlv1p1/learning-application-resource"


def profile_path(folder: str) -> str:
    """Return the path of the assessment in the common profile."""
    return f"{folder}/assessment_qti.xml"


def canvas_path(folder: str) -> str:
    """Return the path of Canvas's own assessment."""
    return f"non_cc_assessments/{folder}.xml.qti"


def meta_path(folder: str) -> str:
    """Return the path of the quiz settings for Canvas."""
    return f"{folder}/assessment_meta.xml"


def manifest(exam: Exam, folder: str, title: str, media: Iterable[str]) -> str:
    """Return the manifest; Moodle expects its namespace in the first 1024 bytes."""
    media = list(media)
    course_title = _course_title(title)
    dependencies = "".join(f'<dependency identifierref="{_media_ident(exam, path)}"/>' for path in media)
    escaped_title = escape(title)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest identifier="{ident(exam.id, "manifest")}" '
        'xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1" '
        'xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/resource" '
        'xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion><lomimscc:lom>"
        f"<lomimscc:general><lomimscc:title><lomimscc:string>{course_title}</lomimscc:string></lomimscc:title>"
        f"{keyword_elements(exam, 'lomimscc:')}</lomimscc:general></lomimscc:lom></metadata>"
        '<organizations><organization identifier="organization" structure="rooted-hierarchy"><item identifier="root">'
        f'<item identifier="module"><title>{escaped_title}</title><item identifier="quiz" identifierref="{folder}">'
        f"<title>{escaped_title}</title></item>"
        f'<item identifier="report" identifierref="{folder}r"><title>{escape(page_title(exam))}</title></item>'
        "</item></item></organization></organizations><resources>"
        f"{_resource('settings', _ASSOCIATED, CANVAS_FLAG, MODULES_PATH)}"
        f'<resource identifier="{folder}" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment">'
        f'<file href="{profile_path(folder)}"/><dependency identifierref="{folder}m"/>{dependencies}</resource>'
        f"{_resource(f'{folder}m', _ASSOCIATED, meta_path(folder), canvas_path(folder))}"
        f'<resource identifier="{folder}r" type="webcontent" href="{page_path(folder)}">{_FOR_INSTRUCTORS}'
        f'<file href="{page_path(folder)}"/></resource>'
        f"{''.join(_resource(_media_ident(exam, path), 'webcontent', f'{WEB_RESOURCES}/{path}') for path in media)}"
        "</resources></manifest>\n"
    )


def _course_title(title: str) -> str:
    """Return the title of the whole cartridge; Moodle refuses one that holds ``<``."""
    return escape(title.replace("<", "＜").replace(">", "＞") if "<" in title else title)


def _media_ident(exam: Exam, path: str) -> str:
    return ident(exam.id, path)


def _resource(name: str, kind: str, href: str, *more: str) -> str:
    files = "".join(f'<file href="{path}"/>' for path in (href, *more))
    return f'<resource identifier="{name}" type="{kind}" href="{href}">{files}</resource>'
