"""Short ways to write raw exams and questions in tests."""

SENTENCE = "Vandaag maken wij de jaarplanner."
ANALYSIS = {
    "raw": SENTENCE,
    "segments": [
        {"startToken": 0, "endToken": 0, "label": "BWB"},
        {"startToken": 1, "endToken": 1, "label": "WG"},
        {"startToken": 2, "endToken": 2, "label": "OW"},
        {"startToken": 3, "endToken": 4, "label": "LV"},
    ],
    "persoonsvorm": {"startToken": 1, "endToken": 1},
}
"""A sentence of five words with its analysis, as Examplary stores it."""


def question(type_id, settings=None, **more):
    """A raw question with the fields that a test names."""
    return {"id": "q_1", "type": type_id, "title": "Stem", "description": "", "settings": settings or {}, **more}


def exam(*questions, **more):
    """A raw exam of these questions, numbered."""
    numbered = [{**raw, "id": f"q_{number}"} for number, raw in enumerate(questions, 1)]
    return {"id": "exam_1", "name": "Exam", "language": "en", "questions": numbered, **more}


def points(*criteria):
    """Scoring with one criterion for each list of points."""
    return {
        "criteria": [
            {"title": "c", "levels": [{"title": "l", "points": level} for level in levels]} for levels in criteria
        ]
    }
