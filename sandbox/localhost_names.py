"""Names below ``.localhost`` mean this machine (RFC 6761 §6.3), also where the system's resolver does not know it.

Browsers do this by themselves. Python asks the system, which often answers "unknown": so the demo, whose three parts
stand on host names of their own, teaches its own process.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOOPBACK = "127.0.0.1"


@contextmanager
def localhost_names(domain: str = "localhost") -> Iterator[None]:
    """Resolve every name below ``domain`` to the loopback address while the context lasts, in this process only."""
    ask_system = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- getaddrinfo's own signature
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.lower().rstrip(".").endswith(f".{domain}"):
            host = LOOPBACK
        return ask_system(host, *arguments, **options)

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = ask_system
