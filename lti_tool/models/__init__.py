"""The tables, one module each."""

from lti_tool.models.admin_account import AdminAccount, AdminPlatform, AdminRole, AdminSession
from lti_tool.models.audit_entry import ADMIN, LMS, OPERATOR, TOOL, AuditAction, AuditEntry, add_audit_entry
from lti_tool.models.chore import Chore, ChoreKind
from lti_tool.models.database.base import Base, db, new_id, now
from lti_tool.models.database.errors import DatabaseFailure, classify_failure
from lti_tool.models.database.revision import is_migrated
from lti_tool.models.database.search import begins_with, contains_words, fold, plain_words, words_of
from lti_tool.models.database.transactions import (
    by_primary_key,
    compare_and_set,
    connect_for_reading,
    delete_in_batches,
    insert_if_absent,
    retry_on_conflict,
    update_in_batches,
)
from lti_tool.models.delivery import Delivery
from lti_tool.models.exam import MAX_TITLE_LENGTH, Asset, Exam, ExamMedia, ExamText
from lti_tool.models.exam_change import ExamChange
from lti_tool.models.exam_course import CourseCopy, ExamCourse
from lti_tool.models.exam_report import ExamReport
from lti_tool.models.generation import Flow, Generation, GenerationState
from lti_tool.models.handover import Handover
from lti_tool.models.heartbeat import Heartbeat
from lti_tool.models.imports import Import, ImportState
from lti_tool.models.launch import Launch
from lti_tool.models.launch_test import LaunchTest
from lti_tool.models.lms_account import ConsentRequest, LmsAccount, LmsApiKey
from lti_tool.models.lms_user import LmsUser
from lti_tool.models.platform import Deployment, Platform
from lti_tool.models.refusal import Refusal
from lti_tool.models.registration_link import RegistrationLink
from lti_tool.models.search_word import ExamWord, GenerationWord, PersonWord
from lti_tool.models.tool_key import KeyState, ToolKey
from lti_tool.models.used_state import UsedState

__all__ = [
    "ADMIN",
    "LMS",
    "MAX_TITLE_LENGTH",
    "OPERATOR",
    "TOOL",
    "AdminAccount",
    "AdminPlatform",
    "AdminRole",
    "AdminSession",
    "Asset",
    "AuditAction",
    "AuditEntry",
    "Base",
    "Chore",
    "ChoreKind",
    "ConsentRequest",
    "CourseCopy",
    "DatabaseFailure",
    "Delivery",
    "Deployment",
    "Exam",
    "ExamChange",
    "ExamCourse",
    "ExamMedia",
    "ExamReport",
    "ExamText",
    "ExamWord",
    "Flow",
    "Generation",
    "GenerationState",
    "GenerationWord",
    "Handover",
    "Heartbeat",
    "Import",
    "ImportState",
    "KeyState",
    "Launch",
    "LaunchTest",
    "LmsAccount",
    "LmsApiKey",
    "LmsUser",
    "PersonWord",
    "Platform",
    "Refusal",
    "RegistrationLink",
    "ToolKey",
    "UsedState",
    "add_audit_entry",
    "begins_with",
    "by_primary_key",
    "classify_failure",
    "compare_and_set",
    "connect_for_reading",
    "contains_words",
    "db",
    "delete_in_batches",
    "fold",
    "insert_if_absent",
    "is_migrated",
    "new_id",
    "now",
    "plain_words",
    "retry_on_conflict",
    "update_in_batches",
    "words_of",
]
