"""Phrases of generated exams, for all subjects, in ``banks/phrases.*.json``. All texts are our own."""

from __future__ import annotations

import json
from typing import TypedDict

from sandbox.examplary.bank import FOLDER


class Phrases(TypedDict):
    """Phrases of one language; ``{…}`` are placeholders."""

    choose: str
    several: str
    short: str
    decimal: str
    chart: str
    year: str
    click: str
    match_more: str
    gaps: str
    solve: str
    solve_more: str
    notebook: str
    explain_more: str
    essay: str
    essay_more: str
    source_more: str
    upload: str
    upload_more: str
    voice: str
    talk: str
    talk_prompt: str
    talk_done: str
    analyse: str
    sentence: str
    intro: str
    intro_more: str
    outro: str
    outro_more: str
    right: str
    wrong: str
    full: str
    half: str
    missing: str


def _read(language: str) -> Phrases:
    phrases: Phrases = json.loads((FOLDER / f"phrases.{language}.json").read_text(encoding="utf-8"))
    return phrases


LANGUAGES = {language: _read(language) for language in ("en", "nl")}
