"""Generate an exam from the teacher's options, deterministically for a seed; or take one from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeGuard

from sandbox.examplary.bank import SUBJECTS, load_bank, subject_of
from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.drawings import BASIC_SHAPES, SHAPES, Inside, bars
from sandbox.examplary.exam_context import Decks, ExamContext
from sandbox.examplary.phrases import LANGUAGES
from sandbox.examplary.pictures import COLOURS, draw_picture
from sandbox.examplary.question_builders import BUILDERS
from sandbox.examplary.store import UPLOADS, Json, JsonObject, iso_time, new_id
from sandbox.examplary.student_levels import difficulty_of

_FIRST, _LAST = "exam-intro", "exam-outro"
# The types used by "Let AI decide".
_DEFAULT_TYPES = tuple(list(BUILDERS)[:12])
_URL = re.compile(r"https?://[^\s\"'<>\\]*/([^/\s\"'<>\\?#]+)(?:[?#][^\s\"'<>\\]*)?")
# As in "Biology 101".
_COURSE_NUMBER = re.compile(r"(?<=\S)\s+\d{2,4}[A-Za-z]?$")
MAX_QUESTIONS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamOptions:
    """The teacher's options: ``duration`` in minutes; without ``types``, the default types are used."""

    title: str
    subject: str
    level: str
    language: str
    duration: int = 45
    count: int = 8
    types: tuple[str, ...] = ()
    context: str = ""
    metadata: JsonObject = field(default_factory=dict)


@cache
def picture(name: str) -> bytes | None:
    """Return the image of this file name, to which generated exams refer; drawing all takes a second."""
    drawing = _drawings().get(name)
    return drawing and draw_picture(*drawing)


@cache
def _drawings() -> Mapping[str, tuple[Inside, str]]:
    """Return the shape and colour of each image by file name."""
    charts = {
        f"bars-{subject}": bars([figure for _, figure in load_bank(subject, "en").source.rows]) for subject in SUBJECTS
    }
    blue = {f"{name}-blue.png": (shape, "blue") for name, shape in (SHAPES | charts).items()}
    basic = [(name, colour) for name in BASIC_SHAPES for colour in COLOURS]
    return blue | {f"{name}-{colour}.png": (SHAPES[name], colour) for name, colour in basic}


def outline(options: ExamOptions) -> list[str]:
    """Return the question types in order: introduction first, closing text last."""
    kinds = [kind for kind in options.types if kind in BUILDERS] or list(_DEFAULT_TYPES)
    middle = [kind for kind in kinds if kind not in (_FIRST, _LAST)] or list(_DEFAULT_TYPES)
    count = max(1, min(options.count, MAX_QUESTIONS))
    body = [middle[place % len(middle)] for place in range(count)]
    return [_FIRST] * (_FIRST in kinds) + body + [_LAST] * (_LAST in kinds)


def generate(options: ExamOptions, config: ExamplaryConfig, number: int) -> JsonObject:
    """Return exam ``number`` (from 0): one of ``config.exam_files``, or a generated one."""
    if config.exam_files:
        return _from_file(config.exam_files[number % len(config.exam_files)], config.assets_dir)
    rng = Random(f"{config.seed}/{number}/{options.title}/{options.subject}/{options.language}")
    context = _context(options, rng)
    exam = _exam_without_questions(options, config)
    exam["questions"] = [_with_id(kind, BUILDERS[kind](context), rng) for kind in outline(options)]
    return exam


def _context(options: ExamOptions, rng: Random) -> ExamContext:
    language = options.language[:2].lower()
    language = language if language in LANGUAGES else "en"
    bank_name, difficulty = subject_of(options.subject, options.title), difficulty_of(options.level)
    bank = load_bank(bank_name, language)
    return ExamContext(
        phrases=LANGUAGES[language],
        bank=bank,
        bank_name=bank_name,
        difficulty=difficulty,
        rng=rng,
        subject=_COURSE_NUMBER.sub("", options.subject or options.title),
        minutes=options.duration,
        decks=Decks(bank, difficulty.depth, rng),
    )


def _exam_without_questions(options: ExamOptions, config: ExamplaryConfig) -> JsonObject:
    moment = iso_time(config.clock())
    return {
        "id": new_id("exam"),
        "org": "org_Sandbox01",
        "name": options.title,
        "subject": options.subject,
        "studentLevel": options.level,
        "language": options.language,
        "taxonomyId": "taxonomy_bloom_revised",
        "intendedDuration": options.duration,
        "context": options.context or None,
        "sourceMaterialIds": [],
        "allowedGenerationQuestionTypes": list[Json](options.types) or None,
        "metadata": options.metadata,
        "questions": [],
        "createdBy": config.owner_id,
        "createdAt": moment,
        "updatedAt": moment,
    }


def _with_id(kind: str, question: JsonObject, rng: Random) -> JsonObject:
    token = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", k=24))
    return {"id": f"q_{token}", "v": 1, "type": kind, **question, "tags": [], "externalId": None, "metadata": {}}


def _from_file(path: Path, assets: Path | None) -> JsonObject:
    names = {file.name for file in assets.iterdir()} if assets else set()

    def local_url(match: re.Match[str]) -> str:
        return UPLOADS + match[1] if match[1] in names else match[0]

    exam: object = json.loads(path.read_text("utf-8"))
    if not _is_object(exam):
        raise ValueError(f"{path.name} is not an exam")
    with_local_urls: object = json.loads(_URL.sub(local_url, json.dumps(exam, ensure_ascii=False)))
    # Like Examplary, use each id only once.
    return {**with_local_urls, "id": new_id("exam")} if _is_object(with_local_urls) else {}


def _is_object(value: object) -> TypeGuard[JsonObject]:
    return isinstance(value, dict)
