"""One builder per question type of Examplary: title, description, settings, scoring.

See docs/reference/examplary-api.md#question-types.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.examplary.drawings import BASIC_SHAPES
from sandbox.examplary.exam_context import ExamContext
from sandbox.examplary.pictures import COLOURS
from sandbox.examplary.store import UPLOADS, Json, JsonObject


def _question(title: str, description: str, settings: JsonObject, scoring: JsonObject) -> JsonObject:
    return {"title": title, "description": description, "settings": settings, "scoring": scoring}


def _single_choice(exam: ExamContext) -> JsonObject:
    fact = exam.decks.facts.draw()
    options = [fact.correct, *exam.rng.sample(fact.distractors, exam.difficulty.options - 1)]
    exam.rng.shuffle(options)
    settings: JsonObject = {
        "options": [f"<p>{option}</p>" for option in options],
        "correctAnswer": f"<p>{fact.correct}</p>",
        "shuffleAnswers": True,
    }
    return _question(
        exam.stem(fact.stem), exam.phrases["choose"], settings, exam.all_or_nothing(exam.difficulty.choice_points)
    )


def _multiple_answers(exam: ExamContext) -> JsonObject:
    entry = exam.decks.multiple_answers.draw()
    correct = list[Json](exam.rng.sample(entry.correct, min(exam.difficulty.options - 1, 3)))
    options = correct + exam.rng.sample(entry.distractors, min(exam.difficulty.options - 1, 3))
    exam.rng.shuffle(options)
    settings: JsonObject = {"options": options, "correctAnswer": correct, "shuffleAnswers": True}
    return _question(exam.stem(entry.stem), exam.phrases["several"], settings, exam.partial_credit(len(correct)))


def _picture(exam: ExamContext) -> JsonObject:
    entry = exam.decks.picture_choices.draw()
    shapes = (entry.correct, *entry.distractors)
    colour = exam.rng.choice(list(COLOURS)) if set(shapes) <= set(BASIC_SHAPES) else "blue"
    urls = [f"{UPLOADS}{shape}-{colour}.png" for shape in shapes]
    settings: JsonObject = {"options": list[Json](exam.rng.sample(urls, len(urls))), "correctAnswer": urls[0]}
    return _question(
        exam.stem(entry.stem), exam.phrases["click"], settings, exam.all_or_nothing(exam.difficulty.choice_points)
    )


def _true_false(exam: ExamContext) -> JsonObject:
    statement = exam.decks.statements.draw()
    settings: JsonObject = {"correctAnswer": "true" if statement.is_true else "false"}
    return _question(exam.stem(statement.text), "", settings, exam.all_or_nothing())


def _single_line(exam: ExamContext) -> JsonObject:
    fact = exam.decks.facts.draw()
    scoring = exam.all_or_nothing(exam.difficulty.choice_points + 1) | {"modelAnswer": fact.correct}
    return _question(exam.stem(fact.stem), exam.phrases["short"], {"maxLength": 60}, scoring)


def _date(exam: ExamContext) -> JsonObject:
    event = exam.decks.events.draw()
    settings: JsonObject = {"dateType": "year", "correctAnswer": str(event.year)}
    title = exam.phrases["year"].format(event=exam.stem(event.text))
    return _question(title, "", settings, exam.all_or_nothing(exam.difficulty.choice_points))


def _explain(exam: ExamContext) -> JsonObject:
    entry = exam.decks.open_questions.draw()
    scoring = exam.partial_credit(exam.difficulty.open_points, f"<p>{entry.model_answer}</p>")
    return _question(exam.stem(entry.stem), exam.phrases["explain_more"], {}, scoring)


def _essay(exam: ExamContext) -> JsonObject:
    phrases, (minimum, maximum) = exam.phrases, exam.difficulty.words
    settings: JsonObject = {"minWords": minimum, "maxWords": maximum}
    title = phrases["essay"].format(subject=exam.subject)
    return _question(title, phrases["essay_more"], settings, exam.partial_credit(exam.difficulty.essay_points))


def _paragraph(exam: ExamContext) -> JsonObject:
    source = exam.bank.source
    rows = [(name, f"{figure:g}".replace(".", exam.phrases["decimal"])) for name, figure in source.rows]
    table = _row("th", source.heads) + "".join(_row("td", row) for row in rows)
    url, alt = f"{UPLOADS}bars-{exam.bank_name}-blue.png", exam.phrases["chart"]
    chart = f'<img src="{url}" title="chart" width="160" alt="{alt}">'
    text = f"<p>{exam.phrases['source_more']}</p><table><tbody>{table}</tbody></table>{chart}"
    return _question(exam.stem(source.title), text, {}, {})


def _row(cell: str, texts: tuple[str, str]) -> str:
    return "<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in texts) + "</tr>"


def _sequence(exam: ExamContext) -> JsonObject:
    ordering = exam.decks.orderings.draw()
    places = sorted(exam.rng.sample(range(len(ordering.steps)), exam.difficulty.pieces))
    settings: JsonObject = {"options": list[Json](f"<p>{ordering.steps[place]}</p>" for place in places)}
    return _question(exam.stem(ordering.stem), f"<p>{ordering.hint}</p>", settings, exam.all_or_nothing(2))


def _upload(exam: ExamContext) -> JsonObject:
    phrases, settings = exam.phrases, dict[str, Json](acceptFileTypes="application/pdf")
    title = phrases["upload"].format(subject=exam.subject)
    return _question(title, phrases["upload_more"], settings, exam.partial_credit(exam.difficulty.essay_points))


def _sentence_analysis(exam: ExamContext) -> JsonObject:
    sentence = exam.phrases["sentence"]
    settings: JsonObject = {
        "sentence": sentence,
        "enabledLabels": ["BWB", "WG", "OW", "LV"],
        "requirePersoonsvorm": True,
        "correctAnswer": {"raw": sentence},
    }
    return _question(exam.phrases["analyse"], "", settings, exam.all_or_nothing(4))


def _fill_in(exam: ExamContext) -> JsonObject:
    entry = exam.decks.fill_ins.draw()
    answers = list[Json](entry.answers)
    settings: JsonObject = {"text": entry.text, "correctAnswer": answers, "exactValuesCaseInsensitive": True}
    return _question(exam.phrases["gaps"], "", settings, exam.all_or_nothing(len(answers)))


def _matching(exam: ExamContext) -> JsonObject:
    matching = exam.decks.matchings.draw()
    pairs = exam.rng.sample(sorted(matching.pairs.items()), exam.difficulty.pieces)
    settings: JsonObject = {
        "left": list[Json](term for term, _ in pairs),
        "right": list[Json](sorted(match for _, match in pairs)),
        "correctAnswer": list[Json](f"{term} = {match}" for term, match in pairs),
        "layout": "vertical",
        "shuffle": True,
    }
    return _question(exam.stem(matching.stem), exam.phrases["match_more"], settings, exam.all_or_nothing(len(pairs)))


def _formula(exam: ExamContext) -> JsonObject:
    calculation, a = exam.bank.calculation, exam.rng.randint(2, 9)
    if calculation is None:
        return _equation(exam, a)
    b = exam.rng.randint(2, 10) if exam.difficulty.depth == 1 else exam.rng.randint(11, 25)
    scoring = exam.all_or_nothing(2) | {"modelAnswer": f"{a * b} {calculation.unit}"}
    return _question(calculation.title, calculation.text.format(a=a, b=b), {}, scoring)


def _equation(exam: ExamContext, a: int) -> JsonObject:
    x, b = exam.rng.randint(1, 9), exam.rng.randint(1, 20)
    text = exam.phrases["solve_more"].format(a=a, b=b, c=a * x + b)
    return _question(exam.phrases["solve"], text, {}, exam.all_or_nothing(2) | {"modelAnswer": f"x = {x}"})


def _notebook(exam: ExamContext) -> JsonObject:
    x, b = exam.rng.randint(1, 9), 2 * exam.rng.randint(1, 9)
    text = exam.phrases["notebook"].format(a=4, b=b, half=(4 * x + b) // 2)
    return _question(exam.phrases["solve"], text, {"initialLines": 4}, exam.partial_credit(4, f"x = {x}"))


def _conversation(exam: ExamContext) -> JsonObject:
    phrases = exam.phrases
    settings: JsonObject = {
        "conversationalPrompt": phrases["talk_prompt"].format(subject=exam.subject),
        "conversationalCompletionCriteria": phrases["talk_done"],
        "aiStarts": False,
        "maxTurns": 10,
    }
    return _question(
        phrases["talk"].format(subject=exam.subject), "", settings, exam.partial_credit(exam.difficulty.open_points)
    )


def _voice(exam: ExamContext) -> JsonObject:
    title = exam.phrases["voice"].format(subject=exam.subject)
    return _question(title, "", {"maxDurationSeconds": 60}, exam.partial_credit(exam.difficulty.open_points))


def _intro(exam: ExamContext) -> JsonObject:
    phrases = exam.phrases
    return _question(phrases["intro"], phrases["intro_more"].format(minutes=exam.minutes), {}, {})


def _outro(exam: ExamContext) -> JsonObject:
    return _question(exam.phrases["outro"], exam.phrases["outro_more"], {}, {})


BUILDERS: dict[str, Callable[[ExamContext], JsonObject]] = {
    "multiple-choice-single-answer": _single_choice,
    "multiple-choice-multiple-answers": _multiple_answers,
    "true-false": _true_false,
    "paragraph": _paragraph,
    "single-line-text": _single_line,
    "picture-choice": _picture,
    "date-year": _date,
    "multi-line-text": _explain,
    "examplary.expansion.matching": _matching,
    "examplary.expansion.fill-in-blank": _fill_in,
    "examplary.expansion.sequence": _sequence,
    "essay": _essay,
    "examplary.expansion.formula": _formula,
    "examplary.expansion.math-notebook": _notebook,
    "examplary.expansion.upload-file": _upload,
    "examplary.expansion.sentence-analysis": _sentence_analysis,
    "examplary.expansion.voice-recorder": _voice,
    "conversational": _conversation,
    "exam-intro": _intro,
    "exam-outro": _outro,
}
