"""Parts of an app that are costly to make and equal in all tests: keys, compiled routes, templates and statements.

An app with its keys takes a third of a second of CPU time; with these, a tenth of that.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import engine_from_config
from werkzeug.routing import Rule

_generate = rsa.generate_private_key


class KeyPool:
    """RSA keys of 2048 bits. Between two calls of :meth:`begin` each key is returned once."""

    def __init__(self):
        self._keys = []
        self._used = 0
        self._lock = Lock()

    def begin(self):
        with self._lock:
            self._used = 0

    def key(self, public_exponent=65537, key_size=2048, backend=None):
        if (public_exponent, key_size) != (65537, 2048):
            return _generate(public_exponent, key_size)
        with self._lock:
            self._used += 1
            if self._used > len(self._keys):
                self._keys.append(_generate(public_exponent, key_size))
            return self._keys[self._used - 1]


class Templates(BytecodeCache):
    """Jinja's compiled templates, in the memory of this process."""

    def __init__(self):
        self._code = {}

    def load_bytecode(self, bucket):
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket):
        self._code[bucket.key] = bucket.bytecode_to_string()


_url_builders = {}


class SharedRule(Rule):
    """A rule of Werkzeug that compiles the function that builds its URLs once per process."""

    def _compile_builder(self, append_unknown=True):
        # All that the function is made of. Werkzeug has no public method for it; without this one, tests are slower.
        key = (*self._trace, repr(self.defaults), append_unknown)
        if key not in _url_builders:
            _url_builders[key] = super()._compile_builder(append_unknown)
        return _url_builders[key]


class EnginePool:
    """Engines that have compiled the statements of earlier tests.

    Between two calls of :meth:`begin` each is returned once: two apps of a test are two processes.
    """

    def __init__(self):
        self._engines = {}
        self._used = Counter()

    def begin(self):
        self._used.clear()

    def engine(self, options, prefix=""):
        key = repr(sorted(options.items()))
        engines = self._engines.setdefault(key, [])
        self._used[key] += 1
        if self._used[key] > len(engines):
            engines.append(engine_from_config(options, prefix))
        engine = engines[self._used[key] - 1]
        engine.dispose()  # a connection may still be to the deleted file of the test before
        return engine


def shared_parts(keys, engines):
    """Patch the apps of this process to share what is costly to make, and to take keys and engines from the pools."""
    return (
        patch.object(rsa, "generate_private_key", keys.key),
        patch("lti_tool.lti.store.tool_keys.generate_private_key", keys.key),
        patch.object(Flask, "jinja_options", {"bytecode_cache": Templates()}),
        patch.object(Flask, "url_rule_class", SharedRule),
        patch("sqlalchemy.engine_from_config", engines.engine),
    )
