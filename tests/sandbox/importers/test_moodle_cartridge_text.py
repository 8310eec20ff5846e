"""Texts in Moodle's restore, compared with the same calls in PHP 8.2 (update_sources, safexml)."""

import pytest

from sandbox.importers.archive import ImportRefused
from sandbox.importers.moodle_cartridge_text import question_text, unescaped

READ = [
    ('<img src="https://x.y/p.z.png" alt="">', '<img src="https://x.y/p.z.png" alt="p.z" title="p.z">', None),
    ('<img src="b.png" alt=" " title=" ">', '<img src="$@FILEPHP@$/folder/b.png" alt=" " title=" ">', None),
    ("<a>x</a>", '<a href="$@FILEPHP@$/folder">x</a>', None),
    ("<p>café</p>", "<p>cafÃ©</p>", "<p>café</p>"),
    ("<p>😀</p>", "<p>ð\x9f\x98\x80</p>", "<p>😀</p>"),
    ("<p>&#128512; &#233;</p>", "<p>😀 é</p>", "<p>😀 é</p>"),
    ("<p>a &lt;b&gt; c &amp;amp; d</p>", "<p>a <b> c & d</p>", "<p>a <b> c & d</p>"),
    ("<p>&amp;lt;b&amp;gt;</p>", "<p><b></p>", "<p><b></p>"),
    ('<p title="a&quot;b">x</p>', "<p title='a\"b'>x</p>", '<p title="a"b">x</p>'),
    ("<p>unclosed <b>bold", "<p>unclosed <b>bold</b></p>", "<p>unclosed <b>bold"),
    ("<p>&amp;#233;</p>", "<p>é</p>", "<p>é</p>"),
    ("<p>]]&gt;</p>", "<p>]]></p>", "<p>]]></p>"),
    ("<p>&nbsp;x</p>", "<p>\xa0x</p>", "<p>\xa0x</p>"),
    ('<a href="https://x.y/?a=1&amp;b=2">l</a>',) + ('<a href="https://x.y/?a=1&b=2">l</a>',) * 2,
    (
        '<img src="$IMS-CC-FILEBASE$../web_resources/media/a.png" alt="x">',
        '<img src="$@FILEPHP@$/web_resources/media/a.png" alt="x" title="a">',
        '<img src="$IMS-CC-FILEBASE$../web_resources/media/a.png" alt="x">',
    ),
]


@pytest.mark.parametrize(("source", "text", "answer"), READ)
def test_texts_and_answers(source, text, answer):
    assert question_text(source, "folder") == text
    assert answer is None or unescaped(source) == answer


@pytest.mark.parametrize("reader", [lambda text: question_text(text, "folder"), unescaped])
def test_an_entity_unknown_to_xml_ends_the_restore(reader):
    with pytest.raises(ImportRefused):
        reader("<p>&amp;eacute;</p>")
