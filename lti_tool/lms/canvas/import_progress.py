"""Progress of an import into Canvas, kept between two steps and across a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

CLASSIC, NEW = "classic", "new"
"""The two quiz engines."""
STORED_POLLS = "looks"
"""Key of :attr:`ImportProgress.polls` in the database, where imports may be in progress during an upgrade."""


class Phase(StrEnum):
    """Phases in their order. A crash repeats a phase, so each knows what may have been sent already."""

    PREPARING = "preparing"
    """Only read requests have been sent to Canvas."""
    READY = "ready"
    """Prepared; no request that changes anything was sent, or Canvas refused it."""
    STARTING = "starting"
    """The migration may have been requested, and its id is not known."""
    UPLOADING = "uploading"
    """The migration exists, and the upload may have been sent."""
    FOLLOWING = "following"
    """Canvas has the package."""
    COMPLETED = "completed"
    """Canvas says that it is done; the quiz has yet to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """The progress. Ids are Canvas's; it holds no secrets."""

    phase: Phase = Phase.PREPARING
    engine: str = CLASSIC
    title: str = ""
    copy: str = ""
    """Names the copy of the package whose questions are sent."""
    questions: tuple[str, ...] = ()
    """Short hashes of the questions that are sent."""
    replaces: str = ""
    """The quiz that is replaced; empty: a new one is created."""
    count_expected: int = -1
    """Questions that the replaced quiz has afterwards, unless Canvas keeps old ones; -1: not known."""
    quizzes_before: tuple[str, ...] | None = None
    """Quizzes with this title before the import; ``None``: Canvas doesn't list them."""
    migrations_before: tuple[str, ...] | None = None
    """Migrations of the course before the import; ``None``: Canvas doesn't list them."""
    migration: str = ""
    progress_id: str = ""
    given_up: tuple[str, ...] = ()
    """Migrations of this import that never got their file."""
    is_repeated: bool = False
    """Whether an earlier request of this import may have succeeded."""
    polls: int = 0
    """How often Canvas was polled in this phase. Stored as :data:`STORED_POLLS`."""

    @property
    def may_have_begun(self) -> bool:
        """Whether Canvas may be importing: then a new import could make a second quiz."""
        return self.phase not in {Phase.PREPARING, Phase.READY}

    @classmethod
    def read(cls, values: Mapping[str, object]) -> ImportProgress:
        """Return what :meth:`to_json` wrote; the beginning if there is nothing."""
        texts = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        phase = Phase(str(texts.pop("phase", Phase.PREPARING)))
        polls = texts.pop(STORED_POLLS, 0)
        return cls(phase=phase, polls=polls, **texts)  # type: ignore[arg-type]  # our own values

    def to_json(self) -> dict[str, object]:
        """Return the progress as JSON."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        values[STORED_POLLS] = values.pop("polls")
        return values

    def enter(self, phase: Phase, **changes: object) -> ImportProgress:
        """Return the progress at the beginning of ``phase``."""
        return replace(self, phase=phase, polls=0, **changes)  # type: ignore[arg-type]  # names of our own fields

    def after_poll(self) -> ImportProgress:
        """Return the progress after one more poll."""
        return replace(self, polls=self.polls + 1)


def short_hashes(ids: Iterable[str]) -> tuple[str, ...]:
    """Return a short hash for each id: enough to distinguish the questions of an exam."""
    return tuple(hashlib.sha256(question_id.encode("utf-8", "replace")).hexdigest()[:12] for question_id in ids)
