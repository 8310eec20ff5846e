"""Import oracles: what each LMS's own importer makes of a file.

Small readers, each a pure function ``bytes -> value``, written from what the real importers were seen to do
(facts: qti-targets, moodle-live) and held to the results they left in ``tests/fixtures/accepted``.
"""

from __future__ import annotations
