"""The sandbox's Examplary, reached over HTTP only (see docs/reference/examplary-api.md).

::

    app = create_examplary(ExamplaryConfig(control=True))
    with serve(app) as server:                 # sandbox.serve
        ExamplaryClient(server.local_url, ExamplaryConfig().api_key)

The pages are in :mod:`.embeds`. Tests cause faults and read the journal by :mod:`.faults` or, over HTTP, by
:mod:`.control`.
"""

from __future__ import annotations

from sandbox.examplary.app import create_examplary
from sandbox.examplary.config import ExamplaryConfig, RateLimit
from sandbox.faults import Call, Fault, FaultBook

__all__ = ["Call", "ExamplaryConfig", "Fault", "FaultBook", "RateLimit", "create_examplary"]
