"""One maker for every question type of Examplary (facts: examplary-api §5.1): settings, scoring, title, description."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.examplary.drawings import PLAIN
from sandbox.examplary.maker import Maker
from sandbox.examplary.png import COLOURS
from sandbox.examplary.store import UPLOADS, Json, JsonObject


def _question(title: str, description: str, settings: JsonObject, scoring: JsonObject) -> JsonObject:
    return {"title": title, "description": description, "settings": settings, "scoring": scoring}


def _single_choice(m: Maker) -> JsonObject:
    fact = m.decks.facts.draw()
    options = [fact.right, *m.rng.sample(fact.wrong, m.grade.options - 1)]
    m.rng.shuffle(options)
    settings: JsonObject = {
        "options": [f"<p>{option}</p>" for option in options],
        "correctAnswer": f"<p>{fact.right}</p>",
        "shuffleAnswers": True,
    }
    return _question(m.say(fact.stem), m.words["choose"], settings, m.points(m.grade.choice_points))


def _several(m: Maker) -> JsonObject:
    asked = m.decks.several.draw()
    right = list[Json](m.rng.sample(asked.right, min(m.grade.options - 1, 3)))
    options = right + m.rng.sample(asked.wrong, min(m.grade.options - 1, 3))
    m.rng.shuffle(options)
    settings: JsonObject = {"options": options, "correctAnswer": right, "shuffleAnswers": True}
    return _question(m.say(asked.stem), m.words["several"], settings, m.graded(len(right)))


def _picture(m: Maker) -> JsonObject:
    drawing = m.decks.drawings.draw()
    shapes = (drawing.right, *drawing.wrong)
    colour = m.rng.choice(list(COLOURS)) if set(shapes) <= set(PLAIN) else "blue"
    urls = [f"{UPLOADS}{shape}-{colour}.png" for shape in shapes]
    settings: JsonObject = {"options": list[Json](m.rng.sample(urls, len(urls))), "correctAnswer": urls[0]}
    return _question(m.say(drawing.stem), m.words["click"], settings, m.points(m.grade.choice_points))


def _true_false(m: Maker) -> JsonObject:
    claim = m.decks.claims.draw()
    return _question(m.say(claim.text), "", {"correctAnswer": "true" if claim.true else "false"}, m.points())


def _single_line(m: Maker) -> JsonObject:
    fact = m.decks.facts.draw()
    scoring = m.points(m.grade.choice_points + 1) | {"modelAnswer": fact.right}
    return _question(m.say(fact.stem), m.words["short"], {"maxLength": 60}, scoring)


def _date(m: Maker) -> JsonObject:
    event = m.decks.events.draw()
    settings: JsonObject = {"dateType": "year", "correctAnswer": str(event.year)}
    title = m.words["year"].format(event=m.say(event.text))
    return _question(title, "", settings, m.points(m.grade.choice_points))


def _explain(m: Maker) -> JsonObject:
    asked = m.decks.opens.draw()
    scoring = m.graded(m.grade.open_points, f"<p>{asked.model}</p>")
    return _question(m.say(asked.stem), m.words["explain_more"], {}, scoring)


def _essay(m: Maker) -> JsonObject:
    words, (least, most) = m.words, m.grade.words
    settings: JsonObject = {"minWords": least, "maxWords": most}
    title = words["essay"].format(subject=m.subject)
    return _question(title, words["essay_more"], settings, m.graded(m.grade.essay_points))


def _paragraph(m: Maker) -> JsonObject:
    source = m.bank.source
    rows = [(name, f"{figure:g}".replace(".", m.words["decimal"])) for name, figure in source.rows]
    table = _row("th", source.heads) + "".join(_row("td", row) for row in rows)
    chart = f'<img src="{UPLOADS}bars-{m.key}-blue.png" title="chart" width="160" alt="{m.words["chart"]}">'
    text = f"<p>{m.words['source_more']}</p><table><tbody>{table}</tbody></table>{chart}"
    return _question(m.say(source.title), text, {}, {})


def _row(cell: str, texts: tuple[str, str]) -> str:
    return "<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in texts) + "</tr>"


def _sequence(m: Maker) -> JsonObject:
    order = m.decks.orders.draw()
    kept = sorted(m.rng.sample(range(len(order.steps)), m.grade.pieces))
    settings: JsonObject = {"options": list[Json](f"<p>{order.steps[place]}</p>" for place in kept)}
    return _question(m.say(order.stem), f"<p>{order.hint}</p>", settings, m.points(2))


def _upload(m: Maker) -> JsonObject:
    words, settings = m.words, dict[str, Json](acceptFileTypes="application/pdf")
    title = words["upload"].format(subject=m.subject)
    return _question(title, words["upload_more"], settings, m.graded(m.grade.essay_points))


def _analysis(m: Maker) -> JsonObject:
    sentence = m.words["sentence"]
    settings: JsonObject = {
        "sentence": sentence,
        "enabledLabels": ["BWB", "WG", "OW", "LV"],
        "requirePersoonsvorm": True,
        "correctAnswer": {"raw": sentence},
    }
    return _question(m.words["analyse"], "", settings, m.points(4))


def _gaps(m: Maker) -> JsonObject:
    gaps = m.decks.gaps.draw()
    answers = list[Json](gaps.answers)
    settings: JsonObject = {"text": gaps.text, "correctAnswer": answers, "exactValuesCaseInsensitive": True}
    return _question(m.words["gaps"], "", settings, m.points(len(answers)))


def _matching(m: Maker) -> JsonObject:
    asked = m.decks.pairs.draw()
    pairs = m.rng.sample(sorted(asked.pairs.items()), m.grade.pieces)
    settings: JsonObject = {
        "left": list[Json](left for left, _ in pairs),
        "right": list[Json](sorted(right for _, right in pairs)),
        "correctAnswer": list[Json](f"{left} = {right}" for left, right in pairs),
        "layout": "vertical",
        "shuffle": True,
    }
    return _question(m.say(asked.stem), m.words["match_more"], settings, m.points(len(pairs)))


def _formula(m: Maker) -> JsonObject:
    product, a = m.bank.product, m.rng.randint(2, 9)
    if product is None:
        return _equation(m, a)
    b = m.rng.randint(2, 10) if m.grade.depth == 1 else m.rng.randint(11, 25)
    model = f"{a * b} {product.unit}"
    return _question(product.title, product.text.format(a=a, b=b), {}, m.points(2) | {"modelAnswer": model})


def _equation(m: Maker, a: int) -> JsonObject:
    x, b = m.rng.randint(1, 9), m.rng.randint(1, 20)
    text = m.words["solve_more"].format(a=a, b=b, c=a * x + b)
    return _question(m.words["solve"], text, {}, m.points(2) | {"modelAnswer": f"x = {x}"})


def _notebook(m: Maker) -> JsonObject:
    x, b = m.rng.randint(1, 9), 2 * m.rng.randint(1, 9)
    text = m.words["notebook"].format(a=4, b=b, half=(4 * x + b) // 2)
    return _question(m.words["solve"], text, {"initialLines": 4}, m.graded(4, f"x = {x}"))


def _talk(m: Maker) -> JsonObject:
    words = m.words
    settings: JsonObject = {
        "conversationalPrompt": words["talk_prompt"].format(subject=m.subject),
        "conversationalCompletionCriteria": words["talk_done"],
        "aiStarts": False,
        "maxTurns": 10,
    }
    return _question(words["talk"].format(subject=m.subject), "", settings, m.graded(m.grade.open_points))


def _voice(m: Maker) -> JsonObject:
    title = m.words["voice"].format(subject=m.subject)
    return _question(title, "", {"maxDurationSeconds": 60}, m.graded(m.grade.open_points))


def _intro(m: Maker) -> JsonObject:
    words = m.words
    return _question(words["intro"], words["intro_more"].format(minutes=m.minutes), {}, {})


def _outro(m: Maker) -> JsonObject:
    return _question(m.words["outro"], m.words["outro_more"], {}, {})


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
