"""Import oracles: models of each LMS's importer.

Small readers, each a pure function ``bytes -> value``, written from what the real importers were seen to do
(see docs/reference/importers.md and docs/reference/moodle.md) and tested against the results they left in
``tests/fixtures/accepted``.
"""

from __future__ import annotations
