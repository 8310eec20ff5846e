"""A stand-in Examplary that speaks only HTTP (facts: examplary-api).

::

    app = create_examplary(ExamplaryConfig(control=True))
    with serve(app) as server:                 # sandbox.serve
        ExamplaryClient(server.local_url, ExamplaryConfig().api_key)

Pages: :mod:`.embeds`. Faults and journal: :mod:`.faults` in the same process, :mod:`.control` over HTTP.
"""

from __future__ import annotations

from sandbox.examplary.app import create_examplary
from sandbox.examplary.config import ExamplaryConfig, RateLimit
from sandbox.examplary.faults import Call, Fault, FaultBook

__all__ = ["Call", "ExamplaryConfig", "Fault", "FaultBook", "RateLimit", "create_examplary"]
