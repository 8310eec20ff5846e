"""The console for administrators, at ``/admin``.

======================================  =========================================================================
:mod:`.blueprint`                       the gate: who may see a page, and which forms are taken
:mod:`.csrf`, :mod:`.session_cookie`    the token of forms, and the cookies
:mod:`.sign_in`, :mod:`.sign_on`        passwords and single sign-on
:mod:`.overview`                        what needs attention
:mod:`.platforms`                       their list and their pages
:mod:`.platform_settings`               settings, move, merge, remove
:mod:`.add_platform`, :mod:`.guides`    registering an LMS, step by step
:mod:`.diagnosis`                       refused launches
:mod:`.launch_tests`                    test launches
:mod:`.exams`                           the history of each exam
:mod:`.people`                          export and erase a person
:mod:`.chores`                          calls that are still to be made
:mod:`.accounts`                        who may sign in
======================================  =========================================================================
"""

from lti_tool.web.admin import (
    accounts,
    add_platform,
    chores,
    diagnosis,
    exams,
    launch_tests,
    overview,
    people,
    platform_settings,
    platforms,
    sign_in,
    sign_on,
)
from lti_tool.web.admin.blueprint import bp

__all__ = [
    "accounts",
    "add_platform",
    "bp",
    "chores",
    "diagnosis",
    "exams",
    "launch_tests",
    "overview",
    "people",
    "platform_settings",
    "platforms",
    "sign_in",
    "sign_on",
]
