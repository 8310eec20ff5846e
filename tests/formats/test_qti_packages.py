"""Packages of qti21 and qti30: valid, reproducible, and with keys that score correct answers as correct."""

import json
import os
import zipfile
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.exam import Asset
from lti_tool.formats import Verdict
from lti_tool.formats.check import xml as read
from sandbox.importers import canvas_classic, new_quizzes
from tests.formats.qti_reading import BOTH, GOLDEN, Marker, build, load
from tests.support.exam_builders import exam, points, question
from tests.support.exam_strategies import HOSTILE, LONG, raw_exams
from tests.support.standard_schemas import SCHEMAS

both = pytest.mark.parametrize("name", BOTH)
PARTS = points([2, 1, 0])


def single_item(name, raw, **more):
    package, report = build(name, exam(raw, **more))
    package.assert_sound()
    (item,) = package.items
    return item, report.lines[0]


def codes(line):
    return {remark.code for remark in line.remarks}


def test_schemas_are_used_where_they_are():
    if SCHEMAS is None:
        print("No official schemas (TEST_SCHEMAS): only our own checks ran.")
    else:
        assert (SCHEMAS / "qti30").is_dir()


@both
@pytest.mark.parametrize("fixture", ["mixed-12", "pci-12", "single-1", "arabic-10", "mechanics-13", "signs-13"])
def test_package_and_report_are_those_that_were_reviewed(name, fixture):
    raw, assets = load(fixture)
    package, report = build(name, raw, assets)
    package.assert_sound()
    texts = [f"<!-- {file} -->\n{text.decode()}" for file, text in package.files.items() if file.endswith(".xml")]
    documents = {
        f"{fixture}.{name}.txt": "\n".join(texts),
        f"{fixture}.{name}.report.json": json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n",
    }
    for file, content in documents.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(content, encoding="utf-8")
        assert content == (GOLDEN / file).read_text(encoding="utf-8"), (
            "run with UPDATE_GOLDEN=1 to update the file, then review it"
        )


@both
def test_mixed_exam_keeps_points_keys_and_files(name):
    raw, assets = load("mixed-12")
    package, report = build(name, raw, assets)
    assert sum(item.points for item in package.items) == float(report.points_out) == 26
    assert [item.kind.removesuffix("Interaction") for item in package.items] == [
        *("choice", "choice", "choice", "choice", "extendedText", "textEntry", "extendedText", "extendedText"),
        *("order", "upload", "choice"),
    ]
    first, *_ = package.items
    assert [first.choices()[right] for right in first.right()] == ["Amsterdam"]
    media_files = {file for file in package.files if file.startswith("media/")}
    assert sorted(file.split("-", 1)[1] for file in media_files) == sorted(url.rsplit("/", 1)[1] for url in assets)
    assert report.counts[Verdict.LEFT_OUT] == 0


@both
def test_a_single_choice_is_scored_by_its_right_option(name):
    settings_ = {"options": ["<p>A</p>", "<p>B</p>", "C"], "correctAnswer": "<p>B</p>", "shuffleAnswers": True}
    item, line = single_item(name, question("multiple-choice-single-answer", settings_, scoring=points([3, 0])))
    assert list(item.choices().values()) == ["A", "B", "C"]
    assert (item.score(RESPONSE="choice_2"), item.score(RESPONSE="choice_1"), item.points) == (3, 0, 3)
    assert (item.interactions[0].get("shuffle"), line.verdict) == ("true", Verdict.NATIVE)


@both
def test_several_answers_all_or_nothing(name):
    settings_ = {"options": ["A", "B", "C"], "correctAnswer": ["A", "C"]}
    item, _ = single_item(name, question("multiple-choice-multiple-answers", settings_, scoring=points([2, 0])))
    assert item.score(RESPONSE=["choice_3", "choice_1"]) == 2
    assert item.score(RESPONSE=["choice_1"]) == item.score(RESPONSE=["choice_1", "choice_2", "choice_3"]) == 0


@both
def test_several_answers_earn_parts_where_the_rubric_has_levels_between(name):
    settings_ = {"options": ["A", "B", "C", "D"], "correctAnswer": ["A", "C", "D"]}
    item, line = single_item(name, question("multiple-choice-multiple-answers", settings_, scoring=PARTS))
    assert item.score(RESPONSE=["choice_1", "choice_3", "choice_4"]) == pytest.approx(2)
    assert item.score(RESPONSE=["choice_1"]) == pytest.approx(2 / 3, abs=1e-4)
    assert item.score(RESPONSE=["choice_2"]) == item.score(RESPONSE=[]) == 0
    assert item.score(RESPONSE=["choice_1", "choice_2", "choice_3", "choice_4"]) < 2
    assert "format.parts" in codes(line)


@both
@pytest.mark.parametrize("count", [2, 3, 6, 7, 10])
@pytest.mark.parametrize("worth", [0.1, 1, 2, 2.3])
def test_ticking_everything_earns_nothing_and_the_correct_answers_all_points(name, count, worth):
    options = [f"{letter}{number}" for number in range(count) for letter in "ab"]
    settings_ = {"options": options, "correctAnswer": [option for option in options if option[0] == "a"]}
    raw = question("multiple-choice-multiple-answers", settings_, scoring=points([worth, worth / 2, 0]))
    item, _ = single_item(name, raw)
    everything, right = list(item.choices()), item.right()
    by_correctness = sorted(everything, key=right.__contains__)
    assert [item.score(RESPONSE=order) for order in (everything, by_correctness, by_correctness[::-1])] == [0, 0, 0]
    assert item.score(RESPONSE=right) == worth
    assert item.score(RESPONSE=right[:-1]) == pytest.approx(worth * (count - 1) / count, abs=1e-4)


@both
def test_a_question_without_points_has_no_maximum(name):
    """QTI asks for a positive maximum; engines refuse an item with 0."""
    settings_ = {"options": ["A", "B"], "correctAnswer": "A"}
    item, _ = single_item(name, question("multiple-choice-single-answer", settings_, scoring=points([0])))
    outcomes = {outcome.get("identifier"): outcome for outcome in read.children(item.root, "outcomeDeclaration")}
    assert read.get(outcomes["SCORE"], "normalMaximum") == ""
    assert "".join(outcomes["MAXSCORE"].itertext()) == "0"
    assert item.score(RESPONSE="choice_1") == 0


@both
def test_levels_between_that_are_lost_are_reported(name):
    settings_ = {"options": ["A", "B"], "correctAnswer": "A"}
    _, line = single_item(name, question("multiple-choice-single-answer", settings_, scoring=PARTS))
    assert (line.verdict, "format.no-parts" in codes(line)) == (Verdict.ADAPTED, True)


@both
@pytest.mark.parametrize(("language", "words"), [("en", ["True", "False"]), ("nl-NL", ["Waar", "Onwaar"])])
def test_true_false_in_the_language_of_the_exam(name, language, words):
    item, _ = single_item(name, question("true-false", {"correctAnswer": "false"}), language=language)
    assert list(item.choices().values()) == words
    assert (item.score(RESPONSE="false"), item.score(RESPONSE="true")) == (1, 0)


@both
def test_every_accepted_answer_is_correct(name):
    settings_ = {"correctAnswer": ["Den Haag", "'s-Gravenhage", "Rock & Roll"]}
    item, _ = single_item(name, question("single-line-text", settings_, scoring=points([2, 0])))
    assert {item.score(RESPONSE=text) for text in ("Den Haag", "den haag", "'S-GRAVENHAGE", "rock & roll")} == {2}
    assert item.score(RESPONSE="Rotterdam") == item.score(RESPONSE=[]) == 0


@both
@pytest.mark.parametrize("typed", ["1648", "1648 ", " 1648", " 1648 "])
def test_a_space_around_a_typed_answer_costs_no_points(name, typed):
    item, _ = single_item(name, question("single-line-text", {"correctAnswer": "1648"}, scoring=points([2, 0])))
    assert (item.score(RESPONSE=typed), item.right()) == (2, ["1648"])
    settings_ = {"text": "___ ___", "correctAnswer": ["a", "1648"]}
    item, _ = single_item(name, question("fill-in-blank", settings_, scoring=points([2, 0])))
    assert item.score(RESPONSE_1="a", RESPONSE_2=typed) == 2


@both
def test_a_date_is_accepted_in_the_spellings_of_its_language(name):
    item, _ = single_item(
        name, question("date-year", {"dateType": "full-date", "correctAnswer": "1925-12-31"}), language="nl"
    )
    assert item.score(RESPONSE="1925-12-31") == item.score(RESPONSE="31-12-1925") == 1
    assert "JJJJ-MM-DD" in item.prompt


@both
@pytest.mark.parametrize("ignore", [True, False])
def test_blanks_all_or_nothing(name, ignore):
    settings_ = {"text": "<p>___ and <b>___</b>.</p>", "correctAnswer": ["Paris", ["Rome", "Roma"]]}
    settings_["exactValuesCaseInsensitive"] = ignore
    item, line = single_item(name, question("fill-in-blank", settings_, scoring=points([2, 0])))
    assert len(item.interactions) == 2
    assert item.score(RESPONSE_1="Paris", RESPONSE_2="Roma") == 2
    assert item.score(RESPONSE_1="paris", RESPONSE_2="roma") == (2 if ignore else 0)
    assert item.score(RESPONSE_1="Paris") == item.score() == 0
    assert line.verdict is Verdict.NATIVE


@both
def test_underlined_words_keep_their_marks_without_a_change(name):
    settings_ = {"options": ["<u>A</u>", "<s>B</s>"], "correctAnswer": "<u>A</u>"}
    item, line = single_item(name, question("multiple-choice-single-answer", settings_))
    assert line.verdict is Verdict.NATIVE
    assert ("format.marks" in codes(line)) is (name == "qti21")
    classes = {element.get("class") for element in read.descendants(item.body, "em", "span")}
    assert name == "qti30" or len(classes) == 2


@both
def test_each_blank_earns_its_share_of_the_points(name):
    settings_ = {"text": "___ ___ ___", "correctAnswer": ["a", "b", "c"]}
    item, line = single_item(name, question("fill-in-blank", settings_, scoring=points([1, 0.5, 0])))
    assert item.score(RESPONSE_1="a", RESPONSE_2="b", RESPONSE_3="c") == 1
    assert item.score(RESPONSE_1="a") == item.score(RESPONSE_3="c") == pytest.approx(1 / 3, abs=1e-4)
    assert item.score() == 0
    assert (line.verdict, "format.parts" in codes(line)) == (Verdict.NATIVE, True)


@pytest.mark.parametrize("count", range(2, 15))
@pytest.mark.parametrize("worth", [0.25, 1, 2.3])
def test_all_parts_correct_gives_all_points_despite_rounding(count, worth):
    """Inspera reads the feedback; ten times 0.1 is less than 1 in binary floating point."""
    settings_ = {"text": "___ " * count, "correctAnswer": ["a"] * count}
    item, _ = single_item("qti21", question("fill-in-blank", settings_, scoring=points([worth, worth / 2, 0])))

    def feedback(right):
        answers = {f"RESPONSE_{number}": ["a" if number <= right else "b"] for number in range(1, count + 1)}
        marker = Marker(item, answers)
        assert (marker.run() == worth) is (right == count)
        return marker.outcomes["FEEDBACK"]

    assert feedback(count) == "feedback_correct"
    assert feedback(count - 1) == "feedback_partially_correct"
    assert feedback(0) == "feedback_wrong"


def paired(item, *pairs):
    """The response that pairs these texts."""
    idents = {text: ident for ident, text in item.choices().items()}
    return [f"{idents[left_text]} {idents[right_text]}" for left_text, right_text in pairs]


@both
def test_matching_with_distractor_and_shared_partner(name):
    settings_ = {"left": ["A", "B"], "right": ["x", "y"], "correctAnswer": ["A = x", "B = x"]}
    item, _ = single_item(name, question("matching", settings_))
    assert item.score(RESPONSE=paired(item, "Ax", "Bx")) == 1
    assert item.score(RESPONSE=paired(item, "Ay", "Bx")) == 0
    match_max = {
        choice.get("identifier"): read.get(choice, "matchMax")
        for choice in read.descendants(item.body, "simpleAssociableChoice")
    }
    assert match_max == {"left_1": "1", "left_2": "1", "right_1": "0", "right_2": "0"}


@both
def test_each_pair_earns_its_share_of_the_points(name):
    settings_ = {"left": ["A", "B"], "right": ["x", "y", "z"], "correctAnswer": ["A = x", "B = y"]}
    item, _ = single_item(name, question("matching", settings_, scoring=PARTS))
    assert item.score(RESPONSE=paired(item, "Ax", "Bz")) == 1


@both
@pytest.mark.parametrize("shuffle", [True, False, None])
@pytest.mark.parametrize(
    "pairs", [["A = x", "B = y", "C = z"], ["A = z", "B = y", "C = x"], ["C = m", "B = o", "A = n"]]
)
def test_matching_does_not_show_pairs_side_by_side(name, pairs, shuffle):
    item, _ = single_item(name, question("matching", {"pairs": pairs, "shuffle": shuffle}))
    assert item.right() != [f"left_{number} right_{number}" for number in (1, 2, 3)]
    assert item.score(RESPONSE=paired(item, *(pair.split(" = ") for pair in pairs))) == 1
    assert item.interactions[0].get("shuffle") == ("true" if shuffle else "false")


@both
def test_ordering_does_not_show_the_correct_order(name):
    item, _ = single_item(name, question("sequence", {"options": ["1600", "1648", "1672"]}))
    order = list(item.choices())
    texts = item.choices()
    assert [texts[ident] for ident in item.right()] == ["1600", "1648", "1672"]
    assert order != item.right()
    assert order == sorted(order)
    assert (item.score(RESPONSE=item.right()), item.score(RESPONSE=item.right()[::-1])) == (1, 0)


@both
@pytest.mark.parametrize(
    ("type_id", "settings_", "kind"),
    [
        ("single-line-text", {"maxLength": 12}, "extendedTextInteraction"),
        ("multi-line-text", {}, "extendedTextInteraction"),
        ("essay", {"minWords": 10, "maxWords": 20}, "extendedTextInteraction"),
        ("formula", {}, "extendedTextInteraction"),
        ("math-notebook", {"initialLines": 3}, "extendedTextInteraction"),
        ("conversational", {"conversationalPrompt": "SECRET"}, "extendedTextInteraction"),
        ("sentence-analysis", {"sentence": "De kat slaapt."}, "extendedTextInteraction"),
        ("my-org.color-picker", {"correctAnswer": "SECRET"}, "extendedTextInteraction"),
        ("voice-recorder", {"maxDurationSeconds": 60}, "uploadInteraction"),
        ("upload-file", {"acceptFileTypes": "application/pdf"}, "uploadInteraction"),
        ("multiple-choice-single-answer", {"options": ["A", "B"]}, "extendedTextInteraction"),
        ("fill-in-blank", {"text": "___ ___", "correctAnswer": ["one"]}, "extendedTextInteraction"),
        ("matching", {"left": ["A"], "right": ["B"], "correctAnswer": ["A = C"]}, "extendedTextInteraction"),
        ("sequence", {"options": ["A", "A"]}, "extendedTextInteraction"),
    ],
)
def test_questions_without_a_key_are_scored_by_a_person(name, type_id, settings_, kind):
    raw = question(type_id, settings_, scoring={**points([2, 0]), "modelAnswer": "SECRET model"})
    item, _ = single_item(name, raw)
    assert (item.kind, item.is_marked_by_hand, item.right(), item.points) == (kind, True, [], 2)
    assert "SECRET" not in item.prompt
    assert any("SECRET model" in "".join(block.itertext()) for block in read.descendants(item.body, "rubricBlock"))
    by_hand = [read.get(outcome, "externalScored") for outcome in read.descendants(item.root, "outcomeDeclaration")]
    assert ("human" in by_hand) is (name == "qti30")


def test_texts_go_into_the_next_item_in_qti21():
    package, report = build(
        "qti21", exam(question("exam-intro", title="Hello"), question("paragraph", title="Source"),
                      question("true-false", {"correctAnswer": "true"}, title="Is it so?"),
                      question("exam-outro", title="Goodbye")),
    )  # fmt: skip
    package.assert_sound()
    (item,) = package.items
    assert [item.prompt.index(word) for word in ("Hello", "Source", "Is it so?", "Goodbye")] == sorted(
        item.prompt.index(word) for word in ("Hello", "Source", "Is it so?", "Goodbye")
    )
    assert [line.remarks[0].code for line in report.lines if line.kind == "information"] == [
        *("format.text-above", "format.text-above", "format.text-below")
    ]


def test_texts_are_stimuli_in_qti30():
    true = {"correctAnswer": "true"}
    package, report = build(
        "qti30",
        exam(
            question("exam-intro", title="Hello"),
            question("paragraph", title="First source"),
            question("true-false", true, title="1"),
            question("true-false", true, title="2"),
            question("paragraph", title="Second source"),
            question("true-false", true, title="3"),
            question("exam-outro", title="Goodbye"),
        ),
    )
    package.assert_sound()
    stimulus_titles = [
        [package.documents[ref.get("href")].get("title") for ref in read.children(item.root, "assessmentStimulusRef")]
        for item in package.items
    ]
    assert stimulus_titles == [["Hello", "First source"], ["First source"], ["Second source"], []]
    for item in package.items:
        references = [ref.get("identifier") for ref in read.children(item.root, "assessmentStimulusRef")]
        body_parts = read.children(item.body, "div")
        places = [part.get("data-stimulus-idref") for part in body_parts if part.get("class") == "qti-shared-stimulus"]
        assert places == references
        assert item.body[0].get("data-stimulus-idref") == (references[0] if references else None)
    assert package.items[-1].kind == ""
    assert report.lines[-1].remarks[0].code == "format.text-alone"


@both
def test_an_exam_of_texts_only_has_items_for_them(name):
    package, report = build(name, exam(question("paragraph", title="One"), question("paragraph", title="Two")))
    package.assert_sound()
    assert "One" in "".join(item.prompt for item in package.items)
    assert "Two" in "".join(item.prompt for item in package.items)
    assert len(report.lines) == 2


@both
def test_unreadable_question_is_left_out_and_reported(name):
    package, report = build(name, {"id": "e", "name": "E", "questions": ["nonsense", question("true-false")]})
    assert (len(package.items), report.lines[0].verdict) == (1, Verdict.LEFT_OUT)


@both
def test_missing_and_remote_images_are_reported(name):
    url = "https://cdn.examplary.ai/a b.png"
    html = '<img src="https://cdn.examplary.ai/a.png" alt="A"><img src="x:y" alt="B">'
    item, line = single_item(name, question("multi-line-text", description=html + f'<img src="{url}">'))
    assert "B" in item.prompt
    assert {"format.media-remote", "format.media-missing"} <= codes(line)
    assert [read.get(image, "src") for image in read.descendants(item.body, "img")] == [
        *("https://cdn.examplary.ai/a.png", "https://cdn.examplary.ai/a%20b.png"),
    ]


@both
def test_pictures_have_alternatives(name):
    urls = [f"https://cdn.examplary.ai/{n}.png" for n in range(2)]
    raw = question("picture-choice", {"options": urls, "correctAnswer": urls[1]})
    assets = {url: Asset.held(url, "é 世.png", "image/png", b"png") for url in urls}
    package, _ = build(name, exam(raw, language="nl"), assets)
    package.assert_sound()
    images = list(read.descendants(package.items[0].body, "img"))
    assert [image.get("alt") for image in images] == ["Afbeelding 1", "Afbeelding 2"]
    assert all(image.get("src") in package.files and image.get("src").isascii() for image in images)


def test_images_belong_to_the_item_in_qti21():
    raw, assets = load("mixed-12")
    package, _ = build("qti21", raw, assets)
    listed = {
        resource.get("href"): {file.get("href") for file in read.children(resource, "file")}
        for resource in read.descendants(package.manifest, "resource")
    }
    for name, document in package.documents.items():
        for image in read.descendants(document, "img"):
            assert image.get("src") in listed[name]
    assert not any(".." in file for files in listed.values() for file in files)


@both
@pytest.mark.parametrize("count", [0, -5, 0.5, 10**9, None, "three"])
def test_the_points_written_are_those_of_the_report(name, count):
    package, report = build(name, exam(question("essay", scoring=points([count]))))
    package.assert_sound()
    assert package.items[0].points == float(report.points_out) >= 0


@both
def test_identifiers_stay_when_questions_move(name):
    raw, assets = load("mixed-12")
    whole, _ = build(name, raw, assets)
    part, _ = build(name, {**raw, "questions": raw["questions"][9:]}, assets)
    idents = [item.root.get("identifier") for item in whole.items]
    assert [item.root.get("identifier") for item in part.items] == idents[-3:]
    assert len(set(idents)) == len(idents)


def test_canvas_reads_the_keys_of_qti21():
    raw, assets = load("mixed-12")
    raw["questions"] = [raw_question for raw_question in raw["questions"] if "upload" not in raw_question["type"]]
    package, report = build("qti21", raw, assets)
    migration = canvas_classic.read(package.data)
    assert (migration.errors, migration.unsupported, migration.missing_files) == ((), (), ())
    (quiz,) = migration.quizzes
    assert [answer.text for answer in quiz.questions[0].answers if answer.weight == 100] == ["Amsterdam"]
    assert quiz.total_points == float(report.points_out)
    assert quiz.questions[8].type == "matching_question"
    assert not any("Modelantwoord" in quiz_question.text for quiz_question in quiz.questions)
    assert quiz.time_limit == 60


def test_new_quizzes_reads_qti21():
    raw, assets = load("mixed-12")
    package, _ = build("qti21", raw, assets)
    items = new_quizzes.read(package.data)[0].items
    assert [item.kind for item in items if item.error] == ["NilClass"]
    assert [float(item.points) for item in items] == [item.points for item in package.items]
    assert not any("Modelantwoord" in item.body for item in items)


@both
@pytest.mark.parametrize("hostile", [*HOSTILE, *LONG.values()])
def test_hostile_text_in_every_place(name, hostile):
    options = ["right", hostile, hostile + "x"]
    package, report = build(
        name,
        exam(
            question("multiple-choice-single-answer", {"options": options, "correctAnswer": "right"}, title=hostile),
            question("sequence", {"options": options}, description=hostile),
            question("paragraph", title=hostile, description=hostile),
            question("fill-in-blank", {"text": f"{hostile} ___", "correctAnswer": [hostile]}),
            question("matching", {"left": options, "right": options, "correctAnswer": [f"{o} = {o}" for o in options]}),
            question("single-line-text", {"correctAnswer": hostile}, scoring={"modelAnswer": hostile}),
            question("upload-file", {"acceptFileTypes": hostile}),
            question(hostile, {"correctAnswer": hostile}),
            name=hostile,
            id=hostile,
        ),
    )
    package.assert_sound()
    assert len(report.lines) == 8
    assert not any(
        image.get("src").startswith("javascript") for image in read.descendants(package.items[0].body, "img")
    )


@both
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_exams)
def test_any_exam_becomes_a_sound_package(name, raw):
    package, report = build(name, raw)
    package.assert_sound()
    assert [line.number for line in report.lines] == list(range(1, len(raw["questions"]) + 1))
    points_written = sum(item.points for item in package.items if item.kind)
    assert points_written == pytest.approx(float(report.points_out))


words = st.text(alphabet="abAB <&\"'é世", min_size=1, max_size=6).filter(lambda text: text.strip())


@both
@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=2, max_size=5, unique_by=lambda text: text.strip()), st.data())
def test_only_the_correct_option_earns_points(name, texts, data):
    texts = [text.replace("&", "&amp;").replace("<", "&lt;") for text in texts]
    right = data.draw(st.sampled_from(texts))
    package, report = build(
        name, exam(question("multiple-choice-single-answer", {"options": texts, "correctAnswer": right}))
    )
    (item,) = package.items
    if report.lines[0].becomes != "Multiple choice":
        assert item.is_marked_by_hand
        return
    earned = [item.score(RESPONSE=ident) for ident in item.choices()]
    assert sorted(earned) == [0] * (len(earned) - 1) + [1]


@pytest.mark.slow
@both
def test_exam_of_five_thousand_questions(name):
    true = question("true-false", {"correctAnswer": "true"})
    package, report = build(name, exam(*[true] * 5000))
    assert (len(package.items), len(report.lines)) == (5000, 5000)


@both
def test_zip_has_no_times_and_one_manifest_at_its_root(name):
    package, _ = build(name, exam(question("essay")))
    with zipfile.ZipFile(BytesIO(package.data)) as zipped:
        assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert zipped.namelist().count("imsmanifest.xml") == 1


@pytest.mark.parametrize(
    ("raw", "is_listed"),
    [
        (question("essay"), False),
        (question("true-false", {"correctAnswer": True}), True),
        (question("upload-file"), True),
        (question("essay", title="Is $x^2$ positive?"), True),
        (question("essay", title="Fish &amp; chips"), True),
        (question("multiple-choice-multiple-answers", {"options": ["a", "b"], "correctAnswer": ["a"]}), True),
        (question("multiple-choice-multiple-answers", {"options": ["a", "b"], "correctAnswer": ["a", "b"]}), False),
    ],
)
def test_qti21_reports_the_losses_in_canvas(raw, is_listed):
    _, report = build("qti21", exam(raw))
    assert ("format.canvas-has-its-own" in {remark.code for remark in report.remarks}) is is_listed


def test_new_quizzes_reads_shared_partners_as_categories_and_names_the_bank_by_the_exam():
    pairs = {"left": ["a", "b", "c"], "right": ["X", "Y", "Z"]}
    shared = question("matching", {**pairs, "correctAnswer": ["a = X", "b = X", "c = Y"]})
    unshared = question("matching", {**pairs, "correctAnswer": ["a = X", "b = Z", "c = Y"]})
    package, _ = build("qti21", exam(shared, unshared, name="Bank & title"))
    quiz, bank = new_quizzes.read(package.data)
    assert [item.kind for item in quiz.items] == ["CategorizationInteraction", "MatchInteraction"]
    assert {(score.value, len(score.parent.split())) for score in quiz.items[0].scoring} == {("X", 2), ("Y", 1)}
    assert bank.title == quiz.title == "Bank & title"


def test_formatted_answers_arrive_in_new_quizzes():
    options = ["H<sub>2</sub>O", "a &lt; b"]
    raw = question("multiple-choice-single-answer", {"options": options, "correctAnswer": options[0]})
    package, _ = build("qti21", exam(raw))
    (item,) = new_quizzes.read(package.data)[0].items
    assert [answer.body for answer in item.answers] == options
