"""All checks of a platform, for the command and the console: the same ones in the same order."""

from __future__ import annotations

from lti_tool.lms import plugin_for_registration
from lti_tool.lti.protocol.tool_registration import SCOPES
from lti_tool.models import Platform
from lti_tool.services.platforms.api_keys import ApiKeys
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.check_results import CheckResult, record_results
from lti_tool.services.platforms.examplary_account import ExamplaryAccounts
from lti_tool.services.platforms.launch_check import LaunchCheck


class FullCheck:
    """Runs the checks."""

    def __init__(
        self, platform_check: PlatformCheck, launches: LaunchCheck, accounts: ExamplaryAccounts, api_keys: ApiKeys
    ) -> None:
        self._platform_check = platform_check
        self._launches = launches
        self._accounts = accounts
        self._api_keys = api_keys

    def tool(self) -> list[CheckResult]:
        """Check what all platforms share: the tool's address, its proxies, and the calls to Examplary."""
        return [
            self._platform_check.check_tool_address(),
            self._platform_check.check_proxies(),
            *self._accounts.check_calls(),
        ]

    def platform(self, row: Platform) -> list[CheckResult]:
        """Check one platform."""
        plugin = plugin_for_registration(row.family, row.issuer)
        return [
            *self._platform_check.check_all(row),
            *self._launches.check(row, plugin, (*SCOPES, *plugin.scopes)),
            self._accounts.check(row),
            *self._api_keys.check(row),
        ]

    def run(self, row: Platform, tool: list[CheckResult]) -> list[CheckResult]:
        """Check one platform, and keep the results on it together with those of the ``tool``. Commits."""
        results = self.platform(row)
        record_results(row, [*results, *tool])
        return results
