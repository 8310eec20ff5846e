"""What every question of an exam has. Facts: examplary-api §5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from decimal import Decimal
from typing import ClassVar

from lti_tool.exam.remark import Remark
from lti_tool.exam.richtext import RichText
from lti_tool.exam.scoring import Rubric
from lti_tool.exam.value import named_value


@named_value
class Question:
    """What every question has.

    ``id`` is Examplary's (made unique and never empty), ``number`` counts from 1, ``type_id`` is as Examplary gave it.
    The stem is ``title`` followed by ``description``: generators put it in either, so show both.
    ``flaws`` tell what the parser had to mend.
    """

    kind: ClassVar[str] = "question"

    id: str
    number: int
    type_id: str
    title: RichText
    description: RichText
    points: Decimal
    rubric: Rubric = field(default=Rubric())
    tags: tuple[str, ...] = ()
    flaws: tuple[Remark, ...] = ()

    def name(self) -> str:
        """Return what the question is known by, as plain text; empty if nothing of it can be read."""
        return self.title.plain_text() or self.description.plain_text()

    def texts(self) -> Iterator[RichText]:
        """Yield every rich text of the question that can hold images or files."""
        yield self.title
        yield self.description
        yield self.rubric.model_answer
