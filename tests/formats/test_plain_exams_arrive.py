"""Whole exams in plain text (HTML, PHP, shell, spreadsheets, chemistry) arrive letter by letter in every importer."""

import json
from pathlib import Path

import pytest

from tests.formats.test_plain_texts_arrive import READERS, imported, letters

EXAMS = Path(__file__).parents[1] / "fixtures" / "exams"
TOPICS = ["html", "php", "shell", "spreadsheet", "chemistry"]


def arrives(raw, items):
    """Return whether the title, and the options or accepted texts of a question, are those of some item."""
    settings = raw["settings"]
    options = tuple(map(letters, settings.get("options", ())))
    typed = letters(settings["correctAnswer"][0]) if not options else ""
    title = letters(raw["title"])
    return any(
        title in item.text
        and item.options[: len(options)] == options
        and (item.is_marked_by_hand or bool(options) or any(typed in accepted for accepted in item.typed or ()))
        for item in items
    )


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize(("name", "reader"), READERS, ids=lambda value: getattr(value, "__name__", value))
def test_plain_exams_arrive(monkeypatch, topic, name, reader):
    raw = json.loads((EXAMS / f"plain-{topic}-60.json").read_text(encoding="utf-8"))
    items, report = imported(monkeypatch, name, reader, raw)
    assert [question["title"] for question in raw["questions"] if not arrives(question, items)] == []
    for line, question in zip(report.lines, raw["questions"], strict=True):
        codes = {remark.code for remark in line.remarks}
        assert not any(code.startswith(("exam.options", "exam.key")) for code in codes), line
        if "options" in question["settings"]:
            assert line.becomes != "Essay, marked by you"
