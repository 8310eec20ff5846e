"""Clients of Examplary's API, with the platform's own API key or the operator's."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.examplary import ExamplaryClient
from lti_tool.models import Platform
from lti_tool.security.encryption import Vault


class ExamplaryClients:
    """One client per API key, made on demand."""

    def __init__(self, make: Callable[[str], ExamplaryClient], default_key: str, vault: Vault) -> None:
        self._make = make
        self._default_key = default_key
        self._vault = vault
        self._clients: dict[str, ExamplaryClient] = {}

    def for_platform(self, platform: Platform) -> ExamplaryClient:
        """Return the client with the API key of ``platform``, or else with the operator's."""
        encrypted = platform.api_key_encrypted
        return self.for_key(self._vault.decrypt(encrypted) if encrypted else "")

    def for_key(self, api_key: str) -> ExamplaryClient:
        """Return the client with this key, or the operator's if it is empty; raise :class:`SettingsError`."""
        api_key = api_key or self._default_key
        if api_key not in self._clients:
            self._clients[api_key] = self._make(api_key)
        return self._clients[api_key]
