"""The console for administrators, at ``/admin``.

======================================  =========================================================================
:mod:`.blueprint`                       the gate: who may see a page, and which forms are taken
:mod:`.csrf`, :mod:`.session_cookie`    the token of forms, and the cookies
:mod:`.sign_in`, :mod:`.sign_on`        passwords and single sign-on
:mod:`.overview`                        what needs attention
:mod:`.accounts`                        who may sign in
======================================  =========================================================================
"""

from lti_tool.web.admin import accounts, overview, sign_in, sign_on
from lti_tool.web.admin.blueprint import bp

__all__ = ["accounts", "bp", "overview", "sign_in", "sign_on"]
