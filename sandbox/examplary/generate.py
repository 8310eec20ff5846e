"""Make an exam of what a teacher filled in, the same for the same wishes and seed; or give one from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeGuard

from sandbox.examplary.config import ExamplaryConfig
from sandbox.examplary.content import LANGUAGES
from sandbox.examplary.drawings import PLAIN, SHAPES, bars
from sandbox.examplary.knowledge import SUBJECTS, subject_of
from sandbox.examplary.maker import Decks, Maker
from sandbox.examplary.png import COLOURS, picture
from sandbox.examplary.questions import MAKERS
from sandbox.examplary.store import UPLOADS, Json, JsonObject, new_id
from sandbox.examplary.student_levels import grade_of

_FIRST, _LAST = "exam-intro", "exam-outro"
# What "Let AI decide" chooses from.
_USUAL = tuple(list(MAKERS)[:12])
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]*/([^/\s\"'<>\\?#]+)(?:[?#][^\s\"'<>\\]*)?")
# "Biology 101" is about biology.
_COURSE_NUMBER = re.compile(r"(?<=\S)\s+\d{2,4}[A-Za-z]?$")
MOST_QUESTIONS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the embed's pages ask. Minutes of ``duration``; no ``types`` lets the stand-in decide."""

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
def drawn_pictures() -> Mapping[str, bytes]:
    """The images that generated exams refer to, by file name."""
    charts = {
        f"bars-{key}": bars([figure for _, figure in subject.banks["en"].source.rows])
        for key, subject in SUBJECTS.items()
    }
    blue = {f"{name}-blue.png": picture(shape, "blue") for name, shape in (SHAPES | charts).items()}
    return blue | {f"{name}-{colour}.png": picture(SHAPES[name], colour) for name in PLAIN for colour in COLOURS}


def outline(wishes: Wishes) -> list[str]:
    """The question types in their order: intro first, outro last, whatever the order of the wishes."""
    chosen = [kind for kind in wishes.types if kind in MAKERS] or list(_USUAL)
    middle = [kind for kind in chosen if kind not in (_FIRST, _LAST)] or list(_USUAL)
    count = max(1, min(wishes.count, MOST_QUESTIONS))
    body = [middle[place % len(middle)] for place in range(count)]
    return [_FIRST] * (_FIRST in chosen) + body + [_LAST] * (_LAST in chosen)


def generate(wishes: Wishes, config: ExamplaryConfig, number: int) -> JsonObject:
    """The ``number``-th exam (from 0): from ``config.exam_files`` in turn, else a generated one."""
    if config.exam_files:
        return _from_file(config.exam_files[number % len(config.exam_files)], config.assets_dir)
    wanted = outline(wishes)
    rng = Random(f"{config.seed}/{number}/{wishes.title}/{wishes.subject}/{wishes.language}")  # noqa: S311 -- content
    maker = _maker(wishes, rng)
    exam = _frame(wishes, config)
    exam["questions"] = [_numbered(kind, MAKERS[kind](maker), rng) for kind in wanted]
    return exam


def _maker(wishes: Wishes, rng: Random) -> Maker:
    language = wishes.language[:2].lower()
    language = language if language in LANGUAGES else "en"
    key, grade = subject_of(wishes.subject, wishes.title), grade_of(wishes.level)
    bank = SUBJECTS[key].banks[language]
    return Maker(
        words=LANGUAGES[language],
        bank=bank,
        key=key,
        grade=grade,
        rng=rng,
        subject=_COURSE_NUMBER.sub("", wishes.subject or wishes.title),
        minutes=wishes.duration,
        decks=Decks(bank, grade.depth, rng),
    )


def _frame(wishes: Wishes, config: ExamplaryConfig) -> JsonObject:
    moment = config.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": new_id("exam"),
        "org": "org_Sandbox01",
        "name": wishes.title,
        "subject": wishes.subject,
        "studentLevel": wishes.level,
        "language": wishes.language,
        "taxonomyId": "taxonomy_bloom_revised",
        "intendedDuration": wishes.duration,
        "context": wishes.context or None,
        "sourceMaterialIds": [],
        "allowedGenerationQuestionTypes": list[Json](wishes.types) or None,
        "metadata": wishes.metadata,
        "questions": [],
        "createdBy": config.owner_id,
        "createdAt": moment,
        "updatedAt": moment,
    }


def _numbered(kind: str, made: JsonObject, rng: Random) -> JsonObject:
    number = "".join(rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", k=24))
    return {"id": f"q_{number}", "v": 1, "type": kind, **made, "tags": [], "externalId": None, "metadata": {}}


def _from_file(path: Path, assets: Path | None) -> JsonObject:
    names = {file.name for file in assets.iterdir()} if assets else set()

    def here(found: re.Match[str]) -> str:
        return UPLOADS + found[1] if found[1] in names else found[0]

    exam: object = json.loads(path.read_text("utf-8"))
    if not _is_object(exam):
        raise ValueError(f"{path.name} holds no exam")
    moved: object = json.loads(_ADDRESS.sub(here, json.dumps(exam, ensure_ascii=False)))
    # A new id each time: Examplary never gives the same exam twice.
    return {**moved, "id": new_id("exam")} if _is_object(moved) else {}


def _is_object(value: object) -> TypeGuard[JsonObject]:
    return isinstance(value, dict)
