"""The fidelity report: the result of each question in a format, known before anything is sent."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from enum import StrEnum

from lti_tool.exam.remark import ENGLISH, Catalogue, Remark
from lti_tool.exam.value import value

__all__ = ["Remark", "Report", "ReportLine", "Verdict"]


class Verdict(StrEnum):
    """How much of a question arrives."""

    NATIVE = "native"
    ADAPTED = "adapted"
    LEFT_OUT = "left-out"


@value
class ReportLine:
    """One question. ``title`` is plain text; ``becomes`` is a label marked with ``N_`` (empty if left out).

    ``remarks`` say what changes, why it is left out, and what the exam itself lacked.
    """

    question_id: str
    number: int
    title: str
    kind: str
    becomes: str
    verdict: Verdict
    remarks: tuple[Remark, ...]
    points_in: Decimal
    points_out: Decimal

    def to_json(self, catalogue: Catalogue = ENGLISH) -> dict[str, object]:
        """Return JSON-ready values, sentences in the language of ``catalogue``."""
        return {
            "id": self.question_id,
            "number": self.number,
            "title": self.title,
            "kind": self.kind,
            "verdict": self.verdict.value,
            "becomes": catalogue.gettext(self.becomes) if self.becomes else "",
            "remarks": _remarks(self.remarks, catalogue),
            "points_in": json_number(self.points_in),
            "points_out": json_number(self.points_out),
        }


@value
class Report:
    """A whole exam in one format: a line for every question, remarks for the exam as a whole."""

    format: str
    lines: tuple[ReportLine, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def points_in(self) -> Decimal:
        """Points of the exam."""
        return sum((line.points_in for line in self.lines), Decimal(0))

    @property
    def points_out(self) -> Decimal:
        """Points that arrive in the LMS."""
        return sum((line.points_out for line in self.lines), Decimal(0))

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many questions have each verdict; every verdict is there."""
        counts = Counter(line.verdict for line in self.lines)
        return {verdict: counts[verdict] for verdict in Verdict}

    def to_json(self, catalogue: Catalogue = ENGLISH) -> dict[str, object]:
        """Return JSON-ready values, sentences in the language of ``catalogue``."""
        return {
            "format": self.format,
            "counts": {verdict.value: count for verdict, count in self.counts.items()},
            "points_in": json_number(self.points_in),
            "points_out": json_number(self.points_out),
            "remarks": _remarks(self.remarks, catalogue),
            "questions": [line.to_json(catalogue) for line in self.lines],
        }


def json_number(points: Decimal) -> int | float:
    """Return points as a JSON number: whole where they are whole."""
    return int(points) if points == points.to_integral_value() else float(points)


def _remarks(remarks: tuple[Remark, ...], catalogue: Catalogue) -> list[dict[str, str]]:
    return [{"code": remark.code, "message": remark.plain(catalogue)} for remark in remarks]
