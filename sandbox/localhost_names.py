"""Resolve names below ``.localhost`` to this machine (RFC 6761 §6.3).

Browsers do that, but Python asks the system's resolver, which often doesn't know such names. The demo's three services
have a host name each, so that a browser treats them as different sites. ``python -m sandbox.localhost_names MODULE …``
runs a module in a process that resolves the names.
"""

from __future__ import annotations

import runpy
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOOPBACK = "127.0.0.1"


@contextmanager
def localhost_names(domain: str = "localhost") -> Iterator[None]:
    """Resolve all names below ``domain`` to the loopback address in this process, until the context ends."""
    system_getaddrinfo = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- the signature of socket's
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.lower().rstrip(".").endswith(f".{domain}"):
            host = LOOPBACK
        return system_getaddrinfo(host, *arguments, **options)

    socket.getaddrinfo = getaddrinfo
    try:
        yield
    finally:
        socket.getaddrinfo = system_getaddrinfo


if __name__ == "__main__":
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    with localhost_names():
        runpy.run_module(module, run_name="__main__", alter_sys=True)
