"""A stand-in Examplary that speaks only HTTP (facts: examplary-api).

::

    app = create_examplary(ExamplaryConfig(control=True))
    with serve(app) as server:                 # lti_tool.sandbox.serve
        ExamplaryClient(server.local_url, ExamplaryConfig().api_key)

Pages: :mod:`.embeds`. Faults and journal: :mod:`.faults` in the same process, :mod:`.control` over HTTP.
"""

from __future__ import annotations

from lti_tool.sandbox.examplary.app import create_examplary
from lti_tool.sandbox.examplary.config import ExamplaryConfig, RateLimit
from lti_tool.sandbox.examplary.faults import Call, Fault, FaultBook

__all__ = ["Call", "ExamplaryConfig", "Fault", "FaultBook", "RateLimit", "create_examplary"]
