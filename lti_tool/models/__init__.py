"""The tables, one file each (Design §5)."""

from lti_tool.models.audit_entry import LMS, OPERATOR, TOOL, AuditEntry, Deed, note_deed
from lti_tool.models.chore import Chore, ChoreKind
from lti_tool.models.database.base import Base, connection, db, new_id, now
from lti_tool.models.database.direct import Direct
from lti_tool.models.database.errors import Trouble, trouble_of
from lti_tool.models.database.transactions import (
    by_primary_key,
    change_row,
    delete_rows,
    put_row,
    repeatable,
    update_rows,
)
from lti_tool.models.delivery import Delivery
from lti_tool.models.exam import Asset, Exam, ExamMedia
from lti_tool.models.exam_course import CourseCopy, ExamCourse
from lti_tool.models.generation import Generation, GenerationState
from lti_tool.models.handover import Handover
from lti_tool.models.heartbeat import Pulse
from lti_tool.models.launch import Launch
from lti_tool.models.lms_user import LmsUser
from lti_tool.models.login import Login
from lti_tool.models.platform import Deployment, Platform
from lti_tool.models.registration_link import RegistrationLink
from lti_tool.models.tool_key import KeyState, ToolKey

__all__ = [
    "LMS",
    "OPERATOR",
    "TOOL",
    "Asset",
    "AuditEntry",
    "Base",
    "Chore",
    "ChoreKind",
    "CourseCopy",
    "Deed",
    "Delivery",
    "Deployment",
    "Direct",
    "Exam",
    "ExamCourse",
    "ExamMedia",
    "Generation",
    "GenerationState",
    "Handover",
    "KeyState",
    "Launch",
    "LmsUser",
    "Login",
    "Platform",
    "Pulse",
    "RegistrationLink",
    "ToolKey",
    "Trouble",
    "by_primary_key",
    "change_row",
    "connection",
    "db",
    "delete_rows",
    "new_id",
    "note_deed",
    "now",
    "put_row",
    "repeatable",
    "trouble_of",
    "update_rows",
]
