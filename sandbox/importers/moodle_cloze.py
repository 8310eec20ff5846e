"""Moodle's embedded-answers text, ``{1:SHORTANSWER:=Paris~%50%Lutetia#almost}``, as its parser reads it."""

from __future__ import annotations

import html
import re

from sandbox.importers.moodle_model import ClozeGap, MoodleAnswer

TYPES = {
    "shortanswer": ("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"),
    "numerical": ("NUMERICAL", "NM"),
    "multichoice": (
        *("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"),
        *("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"),
        *("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH"),
        *("MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"),
    ),
}
QTYPE = {code: qtype for qtype, codes in TYPES.items() for code in codes}
CODES = "|".join(sorted(QTYPE, key=len, reverse=True))
GAP = re.compile(r"\{\s*([0-9]*)\s*:\s*(" + CODES + r")\s*:((?:\\.|[^}\\])+)\}", re.IGNORECASE | re.DOTALL)
UNESCAPED_TILDE = re.compile(r"(?<!\\)~")
UNESCAPED_HASH = re.compile(r"(?<!\\|&)#")
PERCENT = re.compile(r"%(-?[0-9]+(?:[.,][0-9]*)?)%")
ESCAPE = re.compile(r"\\([}#~/\"\\])")


def read_cloze(text: str) -> tuple[str, tuple[ClozeGap, ...]]:
    """The text with ``{#1}`` … for its gaps, and the gaps."""
    gaps: list[ClozeGap] = []

    def replace_gap(match: re.Match[str]) -> str:
        qtype = QTYPE[match[2].upper()]
        alternatives = UNESCAPED_TILDE.split(match[3])
        answers = tuple(_answer(alternative, qtype) for alternative in alternatives if alternative.strip())
        gaps.append(ClozeGap(qtype, float(match[1] or 1), answers))
        return f"{{#{len(gaps)}}}"

    return GAP.sub(replace_gap, text), tuple(gaps)


def _answer(alternative: str, qtype: str) -> MoodleAnswer:
    fraction, rest = _fraction(alternative.strip())
    pieces = UNESCAPED_HASH.split(rest, maxsplit=1)
    text, feedback = _unescape(pieces[0]), _unescape(pieces[1]) if len(pieces) > 1 else ""
    if qtype != "numerical":
        # a choice is shown as HTML, a typed answer is compared as plain text
        answer_text = text if qtype == "multichoice" else html.unescape(text)
        return MoodleAnswer(answer_text.strip(), fraction, feedback)
    value, _, tolerance = text.partition(":")
    return MoodleAnswer(value.strip(), fraction, feedback, tolerance=tolerance.strip() or "0")


def _fraction(alternative: str) -> tuple[float, str]:
    if alternative.startswith("="):
        return 1.0, alternative[1:]
    percentage = PERCENT.match(alternative)
    if percentage:
        return float(percentage[1].replace(",", ".")) / 100, alternative[percentage.end() :]
    return 0.0, alternative


def _unescape(text: str) -> str:
    return ESCAPE.sub(r"\1", text)
