"""One maker for every question type of Examplary (facts: examplary-api §5.1): settings, scoring, title, description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lti_tool.sandbox.examplary.content import Knowledge
from lti_tool.sandbox.examplary.store import UPLOADS, Json, JsonObject


@dataclass(frozen=True, slots=True)
class Maker:
    """What the makers draw from. The same ``rng`` state gives the same question."""

    know: Knowledge
    rng: Random
    subject: str
    minutes: int

    def pick(self, facts: dict[str, str], count: int) -> list[tuple[str, str]]:
        """``count`` different facts."""
        return self.rng.sample(sorted(facts.items()), count)

    def points(self, points: float = 1.0) -> JsonObject:
        """A rubric of right or wrong."""
        words = self.know.words
        return _rubric([(words["right"], _whole(points)), (words["wrong"], 0)])

    def graded(self, points: float, model: str = "") -> JsonObject:
        """A rubric with partial credit in two criteria, and a model answer."""
        words = self.know.words
        levels = [(words["full"], _whole(points / 2)), (words["half"], points / 4), (words["missing"], 0)]
        return _rubric(levels, levels, model=model)


def _whole(points: float) -> Json:
    return int(points) if points == int(points) else points


def _rubric(*criteria: list[tuple[str, Json]], model: str = "") -> JsonObject:
    listed: list[Json] = [
        {
            "id": f"c{number}",
            "title": f"{levels[0][0]}",
            "levels": [
                {"id": f"c{number}l{place}", "title": title, "points": points}
                for place, (title, points) in enumerate(levels, 1)
            ],
        }
        for number, levels in enumerate(criteria, 1)
    ]
    rubric: JsonObject = {"rubricType": "analytical", "criteria": listed}
    if model:
        rubric["modelAnswer"] = model
    return rubric


def _question(title: str, description: str, settings: JsonObject, scoring: JsonObject) -> JsonObject:
    return {"title": title, "description": description, "settings": settings, "scoring": scoring}


def _single_choice(m: Maker) -> JsonObject:
    options = m.pick(m.know.capitals, 4)
    country, city = options[m.rng.randrange(4)]
    settings: JsonObject = {
        "options": [f"<p>{option}</p>" for _, option in options],
        "correctAnswer": f"<p>{city}</p>",
        "shuffleAnswers": True,
    }
    words = m.know.words
    return _question(words["capital"].format(country=country), words["capital_more"], settings, m.points())


def _several(m: Maker) -> JsonObject:
    right: list[Json] = [country for country, _ in m.pick(m.know.capitals, 3)]
    options = right + m.rng.sample(list[Json](m.know.elsewhere), 2)
    m.rng.shuffle(options)
    settings: JsonObject = {"options": options, "correctAnswer": right, "shuffleAnswers": True}
    return _question(m.know.words["in_europe"], m.know.words["several"], settings, m.graded(3))


def _picture(m: Maker) -> JsonObject:
    shapes, colours = ["circle", "square", "triangle"], m.rng.sample(["red", "green", "blue"], 3)
    urls = [f"{UPLOADS}{shape}-{colour}.png" for shape, colour in zip(shapes, colours, strict=True)]
    chosen = m.rng.randrange(3)
    words = m.know.words
    title = words["which_shape"].format(shape=words["shapes"][shapes[chosen]])
    settings: JsonObject = {"options": list[Json](urls), "correctAnswer": urls[chosen]}
    return _question(title, words["click"], settings, m.points())


def _true_false(m: Maker) -> JsonObject:
    (country, city), (_, other) = m.pick(m.know.capitals, 2)
    true = m.rng.random() < 0.5
    title = m.know.words["is_capital"].format(country=country, city=city if true else other)
    return _question(title, "", {"correctAnswer": "true" if true else "false"}, m.points())


def _single_line(m: Maker) -> JsonObject:
    ((element, symbol),) = m.pick(m.know.elements, 1)
    scoring = m.points(2) | {"modelAnswer": symbol}
    words = m.know.words
    return _question(words["symbol"].format(element=element), words["symbol_more"], {"maxLength": 4}, scoring)


def _date(m: Maker) -> JsonObject:
    event, year = m.rng.choice(sorted(m.know.events.items()))
    settings: JsonObject = {"dateType": "year", "correctAnswer": str(year)}
    return _question(m.know.words["year"].format(event=event), "", settings, m.points())


def _explain(m: Maker) -> JsonObject:
    words = m.know.words
    scoring = m.graded(4, words["explain_model"])
    return _question(words["explain"].format(subject=m.subject), words["explain_more"], {}, scoring)


def _essay(m: Maker) -> JsonObject:
    words = m.know.words
    settings: JsonObject = {"minWords": 150, "maxWords": 400}
    return _question(words["essay"].format(subject=m.subject), words["essay_more"], settings, m.graded(10))


def _paragraph(m: Maker) -> JsonObject:
    words = m.know.words
    rows = "".join(f"<tr><td>{year}</td><td>{m.rng.randint(10, 99)}&nbsp;%</td></tr>" for year in (1990, 2005, 2020))
    graph = f'<img src="{UPLOADS}parabola-blue.png" title="graph" width="160" alt="{words["solve"]}">'
    text = f"<p>{words['source_more']}</p><table><tbody>{rows}</tbody></table>{graph}"
    return _question(words["source"].format(subject=m.subject), text, {}, {})


def _sequence(m: Maker) -> JsonObject:
    events = sorted(m.rng.sample(sorted(m.know.events.items()), 4), key=lambda event: event[1])
    settings: JsonObject = {"options": list[Json](f"<p>{name}</p>" for name, _ in events)}
    return _question(m.know.words["order"], m.know.words["oldest_first"], settings, m.points(2))


def _upload(m: Maker) -> JsonObject:
    words, settings = m.know.words, dict[str, Json](acceptFileTypes="application/pdf")
    return _question(words["upload"].format(subject=m.subject), words["upload_more"], settings, m.graded(8))


def _analysis(m: Maker) -> JsonObject:
    sentence = m.know.words["sentence"]
    settings: JsonObject = {
        "sentence": sentence,
        "enabledLabels": ["BWB", "WG", "OW", "LV"],
        "requirePersoonsvorm": True,
        "correctAnswer": {"raw": sentence},
    }
    return _question(m.know.words["analyse"], "", settings, m.points(4))


def _gaps(m: Maker) -> JsonObject:
    (one, first), (other, second) = m.pick(m.know.capitals, 2)
    text = m.know.words["gap_sentence"].format(one=one, other=other)
    settings: JsonObject = {"text": text, "correctAnswer": [first, second], "exactValuesCaseInsensitive": True}
    return _question(m.know.words["gaps"], "", settings, m.points(2))


def _matching(m: Maker) -> JsonObject:
    pairs = m.pick(m.know.capitals, 3)
    settings: JsonObject = {
        "left": list[Json](country for country, _ in pairs),
        "right": list[Json](sorted(city for _, city in pairs)),
        "correctAnswer": list[Json](f"{country} = {city}" for country, city in pairs),
        "layout": "vertical",
        "shuffle": True,
    }
    return _question(m.know.words["match"], m.know.words["match_more"], settings, m.points(3))


def _formula(m: Maker) -> JsonObject:
    a, x, b = m.rng.randint(2, 9), m.rng.randint(1, 9), m.rng.randint(1, 20)
    text = m.know.words["solve_more"].format(a=a, b=b, c=a * x + b)
    return _question(m.know.words["solve"], text, {}, m.points(2) | {"modelAnswer": f"x = {x}"})


def _notebook(m: Maker) -> JsonObject:
    x, b = m.rng.randint(1, 9), 2 * m.rng.randint(1, 9)
    text = m.know.words["notebook"].format(a=4, b=b, half=(4 * x + b) // 2)
    return _question(m.know.words["solve"], text, {"initialLines": 4}, m.graded(4, f"x = {x}"))


def _talk(m: Maker) -> JsonObject:
    words = m.know.words
    settings: JsonObject = {
        "conversationalPrompt": words["talk_prompt"].format(subject=m.subject),
        "conversationalCompletionCriteria": words["talk_done"],
        "aiStarts": False,
        "maxTurns": 10,
    }
    return _question(words["talk"].format(subject=m.subject), "", settings, m.graded(4))


def _voice(m: Maker) -> JsonObject:
    title = m.know.words["voice"].format(subject=m.subject)
    return _question(title, "", {"maxDurationSeconds": 60}, m.graded(4))


def _intro(m: Maker) -> JsonObject:
    words = m.know.words
    return _question(words["intro"], words["intro_more"].format(minutes=m.minutes), {}, {})


def _outro(m: Maker) -> JsonObject:
    return _question(m.know.words["outro"], m.know.words["outro_more"], {}, {})


MAKERS: dict[str, Callable[[Maker], JsonObject]] = {
    "multiple-choice-single-answer": _single_choice,
    "multiple-choice-multiple-answers": _several,
    "true-false": _true_false,
    "paragraph": _paragraph,
    "single-line-text": _single_line,
    "picture-choice": _picture,
    "date-year": _date,
    "multi-line-text": _explain,
    "examplary.expansion.matching": _matching,
    "examplary.expansion.fill-in-blank": _gaps,
    "examplary.expansion.sequence": _sequence,
    "essay": _essay,
    "examplary.expansion.formula": _formula,
    "examplary.expansion.math-notebook": _notebook,
    "examplary.expansion.upload-file": _upload,
    "examplary.expansion.sentence-analysis": _analysis,
    "examplary.expansion.voice-recorder": _voice,
    "conversational": _talk,
    "exam-intro": _intro,
    "exam-outro": _outro,
}
