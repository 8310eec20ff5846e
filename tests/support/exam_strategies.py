"""Hypothesis strategies for raw exams: every type, and everything that can be wrong with one."""

from hypothesis import strategies as st

HOSTILE = [
    "",
    " ",
    "<p></p>",
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<img src="javascript:alert(1)">',
    "<p>open <b>never <i>closed",
    "</p></div></inline-math>",
    "<o:p>Word</o:p>",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- -- -->",
    "<?xml version='1.0'?>",
    '<!DOCTYPE x [<!ENTITY e "e">]>&e;',
    "&nbsp;&eacute;&bogus;&#0;&#xD800;&",
    "a < b && c > d",
    "<inline-math>a<b</inline-math>",
    "<inline-math>x",
    "$x_1$ $5 and $10 $$\\frac{a}{b}$$ \\[z\\]",
    "\x00\x08\x0b\x1f\x7f\ufffe",
    "\ud800",
    "\u202eright to left\u202c",
    "[blank1] {1:SHORTANSWER:=x} ~ = # : \\",
    "a = b = c",
    "___",
    "______ and ___",
    "<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>",
    "<math><mtext><br><img src=x></mtext></math>",
    '<img src="https://cdn.examplary.ai/uploads/a.png" width="-1" alt="]]>&quot;">',
    '<img src="data:image/png;base64,iVBORw0KGgo=">',
    '<img src="data:image/png;base64,!!!">',
    '<file-attachment title="f.pdf" type="application/pdf" href="https://cdn.examplary.ai/f.pdf">f</file-attachment>',
    '<page-clipping url="https://x.example/d.pdf" page="1" x="0" y="0" width="9" height="9"></page-clipping>',
    "<ul><li>a<li>b</ul><table><tr><td>c",
    "<p dir=rtl>مرحبا</p>",
    "日本語 한국어 👩‍🏫 𠮷",
    "H<sub>2</sub>O + CO<sub>2</sub> &rarr; H<sub>2</sub>CO<sub>3</sub>",
    "<pre><code>if (a &lt; b &amp;&amp; c[0]) { x = ']]&gt;'; }\n\tz</code></pre>",
    "<table><caption>T</caption><thead><tr><th scope=col>Jaar<th>___</thead><tr><td colspan=2>1 = 2</table>",
    "<dl><dt>term<dd>meaning</dl><figure><img src='//cdn.examplary.ai/b c.png'><figcaption>F</figcaption></figure>",
    "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby><q>quoted</q>",
    "<svg><title>t</title><path d='M0 0'/></svg><canvas>c</canvas>",
    '<iframe src="https://www.youtube.com/embed/x?a=1&b=2"></iframe><object data="javascript:x">o</object>',
    "<audio controls><source src='https://cdn.examplary.ai/l i.mp3'><source src=b.ogg>No sound</audio><video src=x>",
    "<img src='https://cdn.examplary.ai/a.png?w=1&h=2' alt=''><img src='https://cdn.examplary.ai/a.png?w=1&h=2'>",
    "<img src='/relative.png'><img><img src='https://[bad'><a href='//x'>l</a><a href='#a'>m</a>",
    "\\(x^2\\) \\[y_1\\] $\\text{a & b < c}$ $$\\begin{matrix}1&2\\\\3&4\\end{matrix}$$ \\$5 $a",
    "<inline-math>\\frac{1}{___}</inline-math> <inline-math></inline-math>",
    "<inline-math>\\sqrt[3]{x} [blank1]</inline-math> \\[x<y\\]",
    "*** %50%x =1+1 #hash -- {} {=x} {a|b} [[1]] [[x]] \\= \\ // ~x",
    "<p> </p><p>&nbsp;</p>",
    "<b></b>",
]

LONG = {
    "deep": "<p>" * 200 + "deep",
    "words": "<p>" + "word " * 5000 + "</p>",
    "one word": "<b>" + "x" * 50_000 + "</b>",
    "table": "<table>" + "<tr><td>cell</td></tr>" * 800 + "</table>",
}

TYPES = [
    "multiple-choice-single-answer",
    "multiple-choice-multiple-answers",
    "picture-choice",
    "true-false",
    "single-line-text",
    "date-year",
    "multi-line-text",
    "essay",
    "paragraph",
    "exam-intro",
    "exam-outro",
    "examplary.expansion.sequence",
    "examplary.expansion.upload-file",
    "examplary.expansion.fill-in-blank",
    "examplary.expansion.matching",
    "examplary.expansion.formula",
    "examplary.expansion.math-notebook",
    "conversational",
    "examplary.expansion.voice-recorder",
    "examplary.expansion.sentence-analysis",
    "my-org.color-picker",
    "examplary.default.essay",
    "examplary.programming.javascript",
]

KEYS = [
    *("options", "correctAnswer", "shuffleAnswers", "maxLength", "dateType", "minWords", "maxWords"),
    *("acceptFileTypes", "text", "exactValuesCaseInsensitive", "left", "right", "pairs", "shuffle", "sentence"),
    *("enabledLabels", "initialLines", "conversationalPrompt", "maxTurns", "maxDurationSeconds", "scoringCriteria"),
]

_texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.sampled_from(
        ["Paris", "paris", " Paris ", "<p>Paris</p>", "Rome", "<p>Oslo</p>", "<b>Oslo</b>", "0", "1,5", "true"]
    ),
    st.sampled_from(sorted(LONG)).map(LONG.__getitem__),
)


@st.composite
def _text(draw):  # hypothesis prints a composite by its name, the strategy in full
    return draw(_texts)


texts = _text()
numbers = st.one_of(
    st.integers(-3, 12),
    st.floats(),
    st.sampled_from([10**30, 1e9, -1, 0, 0.1 + 0.2, 2.5, 33.333, "3", "2,5", None, True]),
)
_junk = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)),
    max_leaves=5,
)


@st.composite
def _any(draw):
    return draw(_junk)


junk = _any()
levels = st.fixed_dictionaries({"title": texts, "points": numbers}, optional={"description": texts})
criteria = st.lists(
    st.fixed_dictionaries({"title": texts}, optional={"levels": st.lists(levels, max_size=8), "points": numbers}),
    max_size=4,
)
_scoring = st.one_of(
    st.none(), junk, st.fixed_dictionaries({"criteria": criteria}, optional={"modelAnswer": texts, "answers": junk})
)
_older = st.lists(st.fixed_dictionaries({"description": texts, "points": numbers}), max_size=3)


@st.composite
def _scored(draw):
    return draw(_scoring)


scoring = _scored()


@st.composite
def _option(draw):
    """An option as an object, as some generators send it."""
    return draw(
        st.fixed_dictionaries(
            {draw(st.sampled_from(["text", "label", "title", "value", "imageUrl"])): texts},
            optional={"id": st.sampled_from(["a", "b", "1"]), "correct": st.booleans()},
        )
    )


SENTENCE = ["Vandaag", "maken", "wij", "de", "jaarplanner."]


@st.composite
def _analysis(draw):
    """A sentence with a key that divides it, or nearly."""
    ends = sorted(draw(st.sets(st.integers(0, 4), max_size=5)))
    segments = [
        {"startToken": start, "endToken": end, "label": draw(st.sampled_from(["BWB", "WG", "OW", "LV", "<x>", None]))}
        for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)
    ]
    verb = draw(st.one_of(st.none(), st.just({"startToken": 1, "endToken": 1}), junk))
    return {
        "sentence": draw(st.one_of(st.just(" ".join(SENTENCE)), texts)),
        "correctAnswer": {"raw": " ".join(SENTENCE), "segments": segments, "persoonsvorm": verb},
    }


@st.composite
def _blanks(draw):
    """A text with blanks of any length, and about as many answers."""
    pieces = draw(st.lists(texts, min_size=1, max_size=5))
    answers = st.one_of(texts, st.lists(texts, max_size=3), junk)
    count = max(len(pieces) - 1 + draw(st.sampled_from([0, 0, 0, 1, -1])), 0)
    return {
        "text": draw(st.sampled_from(["___", "____", "_" * 9, " ___ ", "<b>___</b>"])).join(pieces),
        "correctAnswer": draw(st.lists(answers, min_size=count, max_size=count)),
        "exactValuesCaseInsensitive": draw(st.sampled_from([True, False, None])),
    }


@st.composite
def _settings(draw):
    """Settings for some type, sometimes with a matching key."""
    special = draw(st.sampled_from([None, None, None, _analysis, _blanks]))
    if special is not None:
        return draw(special())
    options = draw(st.one_of(st.lists(texts, max_size=5), st.just([f"option {n}" for n in range(30)])))
    key = draw(st.one_of(texts, st.lists(texts, max_size=3)))
    if options and draw(st.booleans()):
        key = draw(st.one_of(st.sampled_from(options), st.lists(st.sampled_from(options), max_size=4)))
    pairs = [f"{term} = {match}" for term, match in zip(options, draw(st.lists(texts, max_size=5)), strict=False)]
    settings = {
        "options": options,
        "correctAnswer": key,
        "shuffleAnswers": draw(st.booleans()),
        "text": draw(texts) + "___" + draw(texts),
        "pairs": pairs,
        **draw(st.dictionaries(st.sampled_from(KEYS), junk, max_size=3)),
    }
    if draw(st.integers(0, 4)) == 0:
        settings["scoringCriteria"] = draw(_older)
    if draw(st.integers(0, 4)) == 0:
        settings["options"] = draw(st.lists(_option(), max_size=5))
    if draw(st.booleans()):
        settings.update(left=options, right=[pair.partition(" = ")[2] for pair in pairs], correctAnswer=pairs)
    return settings


raw_questions = st.fixed_dictionaries(
    {"id": st.one_of(texts, st.sampled_from(["q_1", "q_2", None])), "type": st.sampled_from(TYPES)},
    optional={
        "title": st.one_of(texts, junk),
        "description": st.one_of(texts, junk),
        "settings": st.one_of(_settings(), junk),
        "scoring": scoring,
        "tags": junk,
    },
)

raw_exams = st.fixed_dictionaries(
    {"questions": st.lists(st.one_of(raw_questions, junk), min_size=1, max_size=6)},
    optional={
        "id": texts,
        "name": texts,
        "language": st.sampled_from(["en", "nl", "ar", "he-IL", "nl_NL", "Dutch", "zh", None, 5]),
        "intendedDuration": numbers,
    },
).filter(lambda exam: any(isinstance(question, dict) for question in exam["questions"]))
