"""Write packages for Canvas, and import them with the oracles of Classic Quizzes and New Quizzes."""

import io
import json
import os
import zipfile
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.formats import Verdict
from lti_tool.formats.check import check_package
from lti_tool.formats.planning.item_kinds import ItemKind
from sandbox.importers import canvas_classic, new_quizzes
from tests.support.exam_builders import exam, points, question
from tests.support.exam_strategies import HOSTILE, LONG, raw_exams

FIXTURES = Path(__file__).parents[1] / "fixtures"
GOLDEN = Path(__file__).parent / "golden"
CANVAS = formats.get("canvas-qti")


def build(raw, assets=None):
    parsed = parse_exam(raw)
    out = io.BytesIO()
    report = CANVAS.write(parsed, assets or {}, out)
    assert report == CANVAS.report(parsed, assets or {})
    return out.getvalue(), report


def classic(data):
    package = canvas_classic.read(data)
    assert (package.errors, package.unsupported, package.warnings, package.missing_files) == ((), (), (), ())
    return package.quizzes[0]


def both(*questions, **more):
    """The questions in Classic and in New Quizzes, and the report's lines."""
    data, report = build(exam(*questions, **more))
    return classic(data).questions, new_quizzes.read(data)[0].items, report.lines


def one(raw, **more):
    old, new, lines = both(raw, **more)
    assert len(old) == len(new) == 1
    return old[0], new[0], lines[0]


def codes(line):
    return {remark.code for remark in line.remarks}


def load(name):
    raw = json.loads((FIXTURES / "exams" / name).read_bytes())
    files = {file.name: file for file in (FIXTURES / "assets").iterdir()}
    urls = parse_exam(raw).media
    return raw, {url: Asset.held(url, name := url.rsplit("/", 1)[1], "", files[name].read_bytes()) for url in urls}


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", ["mixed-12", "pci-12", "single-1", "arabic-10", "mechanics-13", "signs-13"])
def test_package_and_report_are_those_that_were_reviewed(name):
    raw, assets = load(f"{name}.json")
    data, report = build(raw, assets)
    texts = [content.decode() for entry, content in entries(data).items() if entry.endswith(".xml")]
    outputs = {
        f"{name}.canvas-qti.xml": "\n".join(texts),
        f"{name}.canvas-qti.report.json": json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n",
    }
    for file, content in outputs.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, encoding="utf-8")
        assert content == (GOLDEN / file).read_text(encoding="utf-8"), "UPDATE_GOLDEN=1 rewrites it: review the diff"


def test_mixed_exam_is_imported_completely_by_both_engines():
    raw, assets = load("mixed-12.json")
    data, report = build(raw, assets)
    quiz, new = classic(data), new_quizzes.read(data)[0]
    assert quiz.title == new.title == raw["name"]
    assert (quiz.total_points, quiz.points_possible, report.points_out) == (26, 26, 26)
    assert (quiz.time_limit, quiz.available, quiz.shuffle_answers) == (60, False, False)
    assert [q.type.removesuffix("_question") for q in quiz.questions] == [
        *("multiple_choice", "multiple_answers", "multiple_choice", "true_false", "essay", "short_answer", "essay"),
        *("essay", "text_only", "matching", "file_upload", "multiple_choice"),
    ]
    assert [item.kind.removesuffix("Interaction") for item in new.items] == [
        *("Choice", "Choice", "Choice", "Choice", "String", "FillBlank", "String", "String", "STIMULUS"),
        *("Ordering", "Upload", "Choice"),
    ]
    assert not any(item.error for item in new.items)
    right = [[a.text if a.text[0] != "N" else a.html for a in q.answers if a.weight == 100] for q in quiz.questions]
    assert right[0] == ["Amsterdam"]
    assert "triangle-red.png" in right[2][0]
    assert right[3] == ["True"]
    assert quiz.questions[9].answers[0].right.startswith("Slag bij Nieuwpoort")
    assert sorted(name.split("-", 1)[1] for name in canvas_classic.read(data).media) == sorted(
        file.name for file in (FIXTURES / "assets").iterdir()
    )
    assert report.counts == {Verdict.NATIVE: 11, Verdict.ADAPTED: 1, Verdict.LEFT_OUT: 0}


def test_students_never_see_notes_for_markers():
    secret = points([3])
    secret["modelAnswer"] = "<p>SECRET</p>"
    secret["criteria"][0]["title"] = "SECRET"
    prompt = {"conversationalPrompt": "SECRET", "conversationalCompletionCriteria": "SECRET"}
    old, new, _ = both(
        question("essay", scoring=secret),
        question("conversational", prompt, scoring=secret),
        question("acme.x", {"correctAnswer": "SECRET"}, scoring=secret),
        question("voice-recorder", scoring=secret),
        question("fill-in-blank", {"text": "no blank", "correctAnswer": ["SECRET"]}, scoring=secret),
    )
    for item in old:
        assert "SECRET" not in item.text + item.neutral_comments + item.correct_comments
    for item in new:
        assert "SECRET" not in item.body + str(item.feedback)
    assert all("SECRET" in item.grading_notes for item in new if item.kind == "StringInteraction")


class TestRightAnswers:
    def test_all_and_none_of_several(self):
        settings_ = {"options": ["a", "b", "c"], "correctAnswer": ["c", "a"]}
        old, new, _ = one(question("multiple-choice-multiple-answers", settings_))
        assert [answer.weight for answer in old.answers] == [100, 0, 100]
        assert [score.value for score in new.scoring] == [new.answers[0].ident, new.answers[2].ident]

    def test_one_right_of_several_stays_several(self):
        settings_ = {"options": ["a", "b"], "correctAnswer": ["b"]}
        old, _, _ = one(question("multiple-choice-multiple-answers", settings_))
        assert old.type == "multiple_answers_question"

    @pytest.mark.parametrize(("key", "weights"), [("true", [100, 0]), ("false", [0, 100])])
    def test_true_and_false_are_native_and_explained_in_the_language_of_the_exam(self, key, weights):
        old, new, line = one(question("true-false", {"correctAnswer": key}), language="nl")
        assert (old.type, [answer.weight for answer in old.answers]) == ("true_false_question", weights)
        assert "onwaar" in new.body
        assert "canvas.true-false" in codes(line)

    def test_dates_in_every_usual_way(self):
        old, _, line = one(question("date-year", {"dateType": "full-date", "correctAnswer": "1925-03-04"}))
        accepted = {answer.text for answer in old.answers}
        assert {"1925-03-04", "1925-3-4", "04-03-1925", "4.3.1925", "03/04/1925"} <= accepted
        assert (line.verdict, "YYYY-MM-DD" in old.text) == (Verdict.ADAPTED, True)

    def test_exact_short_answers(self):
        old, new, _ = one(question("single-line-text", {"correctAnswer": ["Paris", "<b>Paname</b>"]}))
        assert [answer.text for answer in old.answers] == ["Paris", "Paname"]
        assert [score.value for score in new.scoring] == ["Paris", "Paname"]

    def test_an_order_becomes_a_matching_of_numbers_in_classic_quizzes(self):
        options = ["zebra", "x < y", "aap"]
        old, new, _ = one(question("sequence", {"options": options}))
        assert [(answer.text, answer.right) for answer in old.answers] == [
            ("1", "zebra"),
            ("2", "x < y"),
            ("3", "aap"),
        ]
        bodies = {answer.ident: answer.body for answer in new.answers}
        assert [bodies[score.value] for score in new.scoring] == ["zebra", "x &lt; y", "aap"]

    def test_pairs_with_a_distractor(self):
        settings_ = {"left": ["a", "b"], "right": ["x", "y", "z"], "correctAnswer": ["a = y", "b = y"]}
        old, new, _ = one(question("matching", settings_, scoring=points([3])))
        assert [(answer.text, answer.right) for answer in old.answers] == [("a", "y"), ("b", "y")]
        assert sorted(old.matches) == ["x", "y", "z"]
        assert [score.value for score in new.scoring] == ["y", "y"]

    def test_left_sides_keep_pictures_and_formulas(self):
        prompts = ["x<sub>2</sub>", "x2", '<img src="https://x.example/a.png">', "$x^2$"]
        settings_ = {
            "left": prompts,
            "right": ["a", "b", "c", "d"],
            "correctAnswer": [f"{x} = {y}" for x, y in zip(prompts, "abcd", strict=True)],
        }
        old, new, line = one(question("matching", settings_))
        assert [(answer.html or answer.text, answer.right) for answer in old.answers[:2]] == [
            ("x<sub>2</sub>", "a"),
            ("x2", "b"),
        ]
        assert "a.png" in old.answers[2].html
        assert "equation_image" in old.answers[3].html
        assert all(answer.text for answer in old.answers)
        assert [score.value for score in new.scoring] == ["a", "b", "c", "d"]
        assert line.verdict is Verdict.ADAPTED  # the picture stays on the web

    @pytest.mark.parametrize("right", ['<img src="https://x.example/a.png">', "long " * 60, "$\\frac{1}{2}$"])
    def test_columns_are_swapped_for_the_menus(self, right):
        old, _, line = one(question("matching", {"pairs": [f"a = {right}", "b = x"]}))
        assert [answer.right for answer in old.answers] == ["a", "b"]
        assert "format.swapped" in codes(line)

    @pytest.mark.parametrize(("count", "form"), [(100, ItemKind.MATCHING), (101, ItemKind.ESSAY)])
    def test_menus_have_a_limit(self, count, form):
        _, _, line = one(question("matching", {"pairs": [f"left {n} = right {n}" for n in range(count)]}))
        assert (line.becomes, line.points_out) == (form.value, 1)

    def test_letters_where_neither_side_fits_a_menu(self):
        pictures = [f'<img src="https://x.example/{n}.png" alt="{n}">' for n in "abcd"]
        pairs = [f"{pictures[0]} = {pictures[2]}", f"{pictures[1]} = {pictures[3]}"]
        old, new, line = one(question("matching", {"pairs": pairs}))
        for answer, right in zip(old.answers, "cd", strict=True):
            assert f'<strong>{answer.right}.</strong> <img src="https://x.example/{right}.png"' in old.text
        assert {score.value for score in new.scoring} == {"A", "B"}
        assert "format.letters" in codes(line)

    @pytest.mark.parametrize("pair", ["{} = x", "x = {}"])
    def test_sides_of_many_kilobytes_move_into_the_text(self, pair):
        pairs = [pair.format(f"<b>{'word ' * 4_000}</b>"), "b = y"]
        data, report = build(exam(question("matching", {"pairs": pairs})))
        assert [problem for problem in check_package(data).problems if problem.serious] == []
        assert sum(item.text.count("word") for item in classic(data).questions) == 4_000
        assert report.lines[0].verdict is Verdict.ADAPTED

    def test_pictures_to_order_get_letters_that_give_nothing_away(self):
        pictures = [f'<img src="https://x.example/{n}.png">' for n in "abc"]
        old, new, line = one(question("sequence", {"options": pictures}))
        assert [answer.text for answer in old.answers] == ["1", "2", "3"]
        for answer, name in zip(old.answers, "abc", strict=True):
            assert f'<strong>{answer.right}.</strong> <img src="https://x.example/{name}.png"' in old.text
        assert [answer.right for answer in old.answers] != ["A", "B", "C"]
        bodies = {answer.ident: answer.body for answer in new.answers}
        assert [bodies[score.value] for score in new.scoring] == [answer.right for answer in old.answers]
        assert "format.letters" in codes(line)

    def test_sentence_analysis_has_menus(self):
        raw, _ = load("pci-12.json")
        (analysis,) = (raw_ for raw_ in raw["questions"] if "sentence" in raw_["type"])
        old, new, line = one(analysis, language="nl")
        assert (old.type, new.kind) == ("multiple_dropdowns_question", "CanvasMultipleDropdownInteraction")
        assert [answer.text.split()[0] for answer in old.answers if answer.weight == 100] == [
            "BWB",
            "WG",
            "OW",
            "LV",
            "maken",
        ]
        assert [score.value.split()[0] for score in new.scoring] == ["BWB", "WG", "OW", "LV", "maken"]
        assert "Persoonsvorm: [blank5]" in old.text
        assert "format.analysis-menus" in codes(line)

    def test_one_blank_with_signs_is_a_short_answer(self):
        old, new, line = one(question("fill-in-blank", {"text": "Is ___ ?", "correctAnswer": ["a < b"]}))
        assert (old.type, old.answers[0].text, new.scoring[0].value) == ("short_answer_question", "a < b", "a < b")
        assert "format.blank-below" in codes(line)

    def test_a_root_in_a_text_with_blanks_stays_a_root(self):
        old, new, _ = one(question("fill-in-blank", {"text": "$\\sqrt[3]{8}$ is ___", "correctAnswer": ["2"]}))
        assert 'data-equation-content="\\sqrt[ 3]{8}"' in old.text
        assert [piece.kind for piece in new.stem] == ["text", "blank", "text"]

    def test_brackets_in_the_text_are_no_blanks(self):
        text = "[blank1] costs ___ and <b>[x]</b> costs ___ $x_{[1]}$"
        old, new, _ = one(question("fill-in-blank", {"text": text, "correctAnswer": ["1", ["2", "two"]]}))
        assert [(answer.blank, answer.text) for answer in old.answers] == [
            *(("blankx1", "1"), ("blankx2", "2"), ("blankx2", "two")),
        ]
        assert [piece.kind for piece in new.stem].count("blank") == 2
        assert len(new.scoring) == 3


@pytest.mark.parametrize(
    "raw",
    [
        question("multiple-choice-single-answer", {"options": ["a", "b"], "correctAnswer": "c"}),
        question("multiple-choice-single-answer", {"options": ["a", "a"], "correctAnswer": "a"}),
        question("multiple-choice-single-answer", {"options": [], "correctAnswer": "a"}),
        question("multiple-choice-multiple-answers", {"options": ["a", "b"], "correctAnswer": ["a", "x"]}),
        question("true-false", {}),
        question("single-line-text", {}),
        question("date-year", {"correctAnswer": "once"}),
        question("sequence", {"options": ["a", "a"]}),
        question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["a"]}),
        question("fill-in-blank", {"text": "___ ___", "correctAnswer": ["a < b", "c"]}),
        question("matching", {"pairs": ["no sign", "a = b"]}),
        question("formula", {}),
        question("math-notebook", {}),
        question("conversational", {}),
        question("sentence-analysis", {"sentence": "Wij maken iets."}),
        question("acme.color", {"correctAnswer": "red"}),
    ],
)
def test_without_a_usable_key_the_teacher_marks(raw):
    old, new, line = one({**raw, "scoring": points([2.5])})
    assert (old.type, new.kind, old.points) == ("essay_question", "StringInteraction", 2.5)
    assert (line.verdict, line.points_out) == (Verdict.ADAPTED, Decimal("2.5"))


@pytest.mark.parametrize(
    ("mixed", "classic_mixes", "is_reported"),
    [([True, True], True, False), ([False, False], False, False), ([True, False], False, True), ([], False, False)],
)
def test_all_of_the_above_stays_last(mixed, classic_mixes, is_reported):
    """Classic shuffles the answers of all questions or none; New Quizzes decides per question."""
    options = ["red", "green", "All of the above"]
    choices = [
        question(
            "multiple-choice-single-answer", {"options": options, "correctAnswer": "red", "shuffleAnswers": shuffle}
        )
        for shuffle in mixed
    ]
    pictures = question(
        "picture-choice",
        {"options": ["https://x.example/a.png", "https://x.example/b.png"], "correctAnswer": "https://x.example/a.png"},
    )
    data, report = build(exam(pictures, *choices))
    assert classic(data).shuffle_answers is classic_mixes
    assert [item.shuffle for item in new_quizzes.read(data)[0].items[1:]] == mixed
    assert ("canvas.shuffle" in codes(report)) is is_reported


@pytest.mark.parametrize(
    ("limits", "word_limits", "note"),
    [
        ({"minWords": 50, "maxWords": 100}, ("50", "100"), "canvas.word-limits"),
        ({"maxWords": 100}, ("0", "100"), "canvas.word-limits"),
        ({"minWords": 50}, None, "format.word-limits"),
        ({}, None, None),
    ],
)
def test_new_quizzes_enforces_word_limits(limits, word_limits, note):
    old, new, line = one(question("essay", limits))
    assert (old.type, new.word_limits) == ("essay_question", word_limits)
    assert [code for code in codes(line) if "word" in code] == ([note] if note else [])


def test_voice_becomes_an_upload_with_instructions():
    old, _, line = one(question("voice-recorder", {"maxDurationSeconds": 90}), language="de")
    assert (old.type, line.verdict) == ("file_upload_question", Verdict.ADAPTED)
    assert "90 Sekunden" in old.text


def test_unreadable_questions_are_left_out_and_reported():
    raw = exam(question("essay"))
    raw["questions"].append(None)
    data, report = build(raw)
    assert len(classic(data).questions) == 1
    assert (report.lines[1].verdict, report.lines[1].becomes) == (Verdict.LEFT_OUT, "")
    assert "format.unreadable" in codes(report.lines[1])


def test_right_to_left_stems():
    old, _, _ = one(question("essay", title="ما هي عاصمة مصر؟"), language="ar")
    assert '<p dir="rtl" lang="ar">' in old.text


def test_choices_and_matches_are_all_or_nothing_in_new_quizzes():
    several = {"options": ["a", "b", "c"], "correctAnswer": ["a", "b"]}
    pairs = {"left": ["1", "2"], "right": ["a", "b"], "correctAnswer": ["1 = a", "2 = b"]}
    _, new, _ = both(question("multiple-choice-multiple-answers", several), question("matching", pairs))
    assert [item.scoring_algorithm for item in new] == ["AllOrNothing", "AllOrNothing"]


def test_the_report_says_that_importing_again_makes_a_second_quiz():
    _, report = build(exam(question("essay")))
    assert "canvas.again" in {remark.code for remark in report.remarks}


class TestLongTexts:
    def test_a_long_passage_precedes_its_question(self):
        html = "".join(f"<p>Paragraph {n} {'word ' * 60}</p>" for n in range(120))
        old, new, lines = both(question("essay", description=html, scoring=points([2])))
        assert [q.type for q in old] == ["text_only_question"] * (len(old) - 1) + ["essay_question"]
        assert len(old) > 2
        text = " ".join(q.text for q in old)
        assert all(f"Paragraph {n} " in text for n in range(120))
        assert "canvas.passage-before" in codes(lines[0])
        passage, essay = new
        assert (passage.kind, essay.kind) == ("STIMULUS", "StringInteraction")
        assert essay.parent_stimulus == passage.ident
        assert all(f"Paragraph {n} " in passage.body + essay.body for n in range(120))

    def test_a_long_text_is_whole_in_new_quizzes_and_begins_with_its_title(self):
        html = "".join(f"<p>Paragraph {n} {'word ' * 60}</p>" for n in range(120))
        old, new, lines = both(
            question("paragraph", title="Dawn", description=html), question("essay"), question("essay")
        )
        parts = [q for q in old if q.type == "text_only_question"]
        assert len(parts) > 2
        assert old[: len(parts)] == tuple(parts)
        assert "Dawn" in parts[0].text.partition("Paragraph 0")[0]
        text = " ".join(part.text for part in parts)
        assert [text.count(f"Paragraph {n} ") for n in range(120)] == [1] * 120
        passage, *essays = new
        assert passage.kind == "STIMULUS"
        assert "Dawn" in passage.body.partition("Paragraph 0")[0]
        assert [passage.body.count(f"Paragraph {n} ") for n in range(120)] == [1] * 120
        assert [essay.parent_stimulus for essay in essays] == [passage.ident] * 2
        assert [(line.verdict, codes(line)) for line in lines[:1]] == [(Verdict.ADAPTED, {"canvas.divided-text"})]

    def test_canvas_counts_characters_and_not_bytes(self):
        old, new, lines = both(question("paragraph", title="本文", description=f"<p>{'春' * 12_000}</p>"))
        assert len(old) == len(new) == 1
        assert old[0].text.count("春") == 12_000
        assert lines[0].verdict is Verdict.NATIVE

    def test_our_own_check_accepts_the_whole_text_for_new_quizzes(self):
        data, _ = build(exam(question("paragraph", description=LONG["words"]), question("essay")))
        assert check_package(data).is_good

    def test_title_and_instruction_stay_with_the_question(self):
        source = f"<p>{'bron ' * 8000}</p>"
        settings_ = {"options": ["a", "b"], "correctAnswer": "a"}
        raw = question("multiple-choice-single-answer", settings_, title="Wat is de kern?", description=source)
        old, _, _ = both(raw, language="nl")
        assert old[-1].text == '<p lang="nl">Wat is de kern?</p>'
        assert [q.text.count("Tekst bij vraag 1") for q in old] == [1] + [0] * (len(old) - 1)
        assert sum(q.text.count("bron") for q in old) == 8000
        essay = question("essay", {"minWords": 5}, title="Wat is de kern?", description=source)
        assert "ten minste 5 woorden" in both(essay, language="nl")[0][-1].text

    @pytest.mark.parametrize("name", sorted(LONG))
    def test_one_long_block_is_split(self, name):
        old, _, _ = both(question("essay", description=LONG[name] * 3))
        assert all(len(q.text) < 16 * 1024 for q in old)
        assert sum(q.text.count("word") for q in old) == LONG[name].count("word") * 3

    def test_long_options_are_chosen_by_letter(self):
        options = ["short", "x " * 25_000, "y" * 50_000]
        settings_ = {"options": options, "correctAnswer": options[1]}
        old, _, lines = both(question("multiple-choice-single-answer", settings_))
        assert [(answer.text, answer.weight) for answer in old[-1].answers] == [("A", 0), ("B", 100), ("C", 0)]
        assert "<strong>B.</strong>" in " ".join(q.text for q in old)
        assert "format.letters" in codes(lines[0])

    @pytest.mark.parametrize(("key", "kind"), [(["a"], "short_answer_question"), (["a", "b"], "essay_question")])
    def test_a_long_text_with_blanks(self, key, kind):
        settings_ = {"text": "word " * 5000 + "___ " * len(key), "correctAnswer": key}
        old, _, _ = both(question("fill-in-blank", settings_))
        assert old[-1].type == kind


def test_questions_belong_to_the_preceding_stimulus_in_new_quizzes():
    _, new, _ = both(
        question("exam-intro"),
        question("essay"),
        question("paragraph", description=LONG["words"]),
        question("essay"),
        question("true-false", {"correctAnswer": True}),
        question("paragraph"),
        question("essay"),
        question("exam-outro"),
    )
    texts = {item.ident for item in new if item.kind == "STIMULUS"}
    parents = [item.parent_stimulus for item in new if item.kind != "STIMULUS"]
    assert parents[0] is None
    assert parents[1] == parents[2] != parents[3]
    assert {*parents[1:]} <= texts


class TestMedia:
    def test_missing_media_keep_their_address_and_are_reported(self):
        html = '<img src="https://x.example/a.png" alt="A"><img src="ftp://x" alt="B"> <img src="/rel.png">'
        old, _, line = one(question("essay", description=html))
        assert 'src="https://x.example/a.png"' in old.text
        assert "B (picture missing)" in old.text
        assert {"format.media-remote", "format.media-missing"} <= codes(line)

    def test_data_images_become_files(self):
        data, _ = build(exam(question("essay", description='<img src="data:image/png;base64,iVBORw0KGgo=" alt="d">')))
        package = canvas_classic.read(data)
        assert list(package.media.values()) == [b"\x89PNG\r\n\x1a\n"]
        assert "data:" not in package.quizzes[0].questions[0].text

    @pytest.mark.parametrize("name", ["../../etc/passwd", "café 世.png", "a/b\\c.png", "", "x" * 300, "con.PNG", ".."])
    def test_names_in_the_package_are_plain(self, name):
        url = "https://x.example/a"
        asset = Asset.held(url, name, "image/png", b"x")
        data, _ = build(exam(question("essay", description=f'<img src="{url}">')), {url: asset})
        (path,) = (entry for entry in entries(data) if entry.startswith("media/"))
        assert path.isascii()
        assert all(character.isalnum() or character in "-./" for character in path)
        assert ".." not in path
        assert path.count("/") == 1


def test_identifiers_and_bytes_are_stable():
    raw, assets = load("mixed-12.json")
    first, _ = build(raw, assets)
    second, _ = build(json.loads(json.dumps(raw)), dict(reversed(assets.items())))
    assert first == second
    shorter, _ = build({**raw, "questions": raw["questions"][3:]}, assets)
    whole, part = classic(first).questions, classic(shorter).questions
    assert [q.ident for q in part] == [q.ident for q in whole][3:]


@pytest.mark.parametrize("hostile", [*HOSTILE, *LONG.values()])
def test_hostile_text_in_every_place(hostile):
    options = ["right", hostile, hostile + "x"]
    _check(
        exam(
            question("multiple-choice-single-answer", {"options": options, "correctAnswer": "right"}, title=hostile),
            question("sequence", {"options": options}, description=hostile),
            question("fill-in-blank", {"text": f"{hostile} ___", "correctAnswer": [hostile]}),
            question("matching", {"left": options, "right": options, "correctAnswer": [f"{o} = {o}" for o in options]}),
            question("single-line-text", {"correctAnswer": hostile}, scoring={"modelAnswer": hostile}),
            question("sentence-analysis", {"sentence": hostile, "enabledLabels": [hostile]}),
            question(hostile, {"correctAnswer": {hostile: hostile}}),
            name=hostile,
            id=hostile,
        )
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams)
def test_any_exam_converts(raw):
    _check(raw)


def _check(raw):
    """Well-formed, stable, imported in full by both engines, no points lost, a line for every question."""
    data, report = build(raw)
    assert data == build(raw)[0]
    for name, content in entries(data).items():
        if name.endswith(".xml"):
            etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
    quiz, new = classic(data), new_quizzes.read(data)[0]
    assert {item.ident for item in new.items} <= {question.ident for question in quiz.questions}
    assert len(quiz.questions) == len(new.items) or _is_divided(report)
    assert not any(item.error for item in new.items)
    assert [line.number for line in report.lines] == list(range(1, len(raw["questions"]) + 1))
    assert report.points_in == report.points_out == Decimal(str(round(quiz.total_points, 5)))
    assert all(line.verdict is Verdict.NATIVE or line.remarks for line in report.lines)
    for html in (*(q.text for q in quiz.questions), *(a.html or "" for q in quiz.questions for a in q.answers)):
        _is_harmless(html)


def _is_divided(report):
    return any({"canvas.divided-text", "canvas.passage-before"} & codes(line) for line in report.lines)


def _is_harmless(html):
    for element in lxml.html.fragment_fromstring(html, create_parent=True).iter(etree.Element):
        assert element.tag not in {"script", "style", "iframe", "object", "svg"}
        assert not any(name.startswith("on") for name in element.attrib)
        assert element.get("href", "https:").startswith(("http", "mailto:", "%24IMS-CC-FILEBASE%24/media/"))


WORDS = st.text("abcdefgh <>&[]{}~=#:\\$é世", min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6, unique_by=lambda text: " ".join(text.split())), st.data())
def test_the_right_option_is_the_right_one(texts, data):
    right = data.draw(st.sampled_from(range(len(texts))))
    options = [f"<p>{n}. {_escaped(text)}</p>" for n, text in enumerate(texts)]
    _, new, _ = one(question("multiple-choice-single-answer", {"options": options, "correctAnswer": options[right]}))
    (score,) = new.scoring
    assert [answer.ident for answer in new.answers].index(score.value) == right
    assert new.answers[right].body.startswith(f"<p>{right}.")


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.mark.slow
def test_five_thousand_questions():
    raw, _ = load("pci-12.json")
    raw["questions"] = raw["questions"] * 417
    data, report = build(raw)
    assert len(classic(data).questions) == len(report.lines) == 5004
    assert report.points_out == 417 * 19
