"""The assessment and the quiz settings in Canvas's dialect, in a package of their own or inside a cartridge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lti_tool.exam.model import Choice, Exam
from lti_tool.formats.text.xml_text import escape, format_decimal

MAX_TITLE_LENGTH = 250


def canvas_assessment(exam: Exam, folder: str, items: Iterable[str]) -> Iterator[str]:
    """Yield the assessment named ``folder``, item by item."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        '"http://www.imsglobal.org/xsd/ims_qtiasiv1p2 http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd">'
        f'<assessment ident="{folder}" title="{escape(exam.title[:MAX_TITLE_LENGTH])}"><qtimetadata><qtimetadatafield>'
        "<fieldlabel>cc_maxattempts</fieldlabel><fieldentry>1</fieldentry></qtimetadatafield></qtimetadata>"
        '<section ident="root_section">\n'
    )
    yield from items
    yield "</section></assessment></questestinterop>\n"


def quiz_settings(exam: Exam, folder: str, points: Decimal) -> str:
    """Return the settings of the quiz, which Canvas expects in ``folder``, beside the assessment.

    The description stays empty: students read it, so it is no place for the report.
    """
    limit = f"<time_limit>{exam.duration_minutes}</time_limit>" if exam.duration_minutes else ""
    shuffle = shuffle_settings(exam) == {True}
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<quiz identifier="{folder}" xmlns="http://canvas.instructure.com/xsd/cccv1p0">'
        f"<title>{escape(exam.title[:MAX_TITLE_LENGTH])}</title><description></description>"
        f"<shuffle_answers>{str(shuffle).lower()}</shuffle_answers>"
        "<scoring_policy>keep_highest</scoring_policy><quiz_type>assignment</quiz_type>"
        f"<points_possible>{format_decimal(points)}</points_possible><show_correct_answers>true</show_correct_answers>"
        f"<allowed_attempts>1</allowed_attempts>{limit}<available>false</available></quiz>\n"
    )


def shuffle_settings(exam: Exam) -> set[bool]:
    """Return the distinct shuffle settings of the choice questions; Examplary has none for pictures.

    Classic Quizzes shuffles all questions or none, and must not if “all of the above” is to stay last in one of them.
    """
    choices = (question for question in exam.questions if isinstance(question, Choice) and question.correct is not None)
    return {choice.shuffle for choice in choices if not choice.pictures}
