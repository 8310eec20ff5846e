"""A formula is what reads as one and as nothing else; amounts, variables and cells stay text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exam.html.formulas import has_doubtful_mathematics, split_mathematics
from lti_tool.exam.richtext import Math
from tests.support.growth import growth

FORMULAS = [
    *("x", "5", "1,000", "-3", "0.5", "2x", "a<b", "x = 2", "E = mc^2", "F = ma", "PV = nRT", "ABC", "km/h", "3:4"),
    *(
        "v_{max}",
        "x_1 + x_2",
        "x^2",
        "n!",
        "f'(x)",
        "f''",
        "|x|",
        "[0, 1)",
        "(x+1)(x-2)",
        "a, b",
        "z^*",
        "Na^+",
        "H_2O",
    ),
    *(
        r"\frac{1}{2}",
        r"50\%",
        r"\text{if } x > 0",
        r"\ce{CO2 + C -> 2CO}",
        r"\$40",
        r"\{1,2\}",
        r"90^\circ",
        "{}^{14}C",
    ),
    *(
        r"x \to 0^+",
        r"\sin x",
        "sin(x)",
        r"O(n \log n)",
        r"\left( x \right.",
        r"x^2 \text{ and } y",
        r"\sqrt[3]{x}",
        "<",
    ),
    *(r"\int_0^1 x\,dx", r"\log_2 8", r"\sum_i a_i", r"\lim_n a_n", r"\vec{F}_1", r"\oint_C F \cdot dr", "pH"),
    *("C_6H_{12}O_6", "SO_4^{2-}", "CO_2", "NO_x", "^{14}C", r"\mathrm{Na}^+", r"E_\text{kin}", r"\|v\| = 1"),
    *(r"10\%", "P(A|B)", "H_0: \\mu = 0", r"\forall x \exists y", r"(A \cup B)^c", r"3 \times 10^8\ \mathrm{m/s}"),
    r"\int_0^1 x dx",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
]
TEXTS = [
    *("costs $5 and $10", "5$–10$ ou 10$/h et 12$/h", "US$5–US$10", "$4.99,$5.99", "$3 x 2 = $6", "20$+30$ = 50$"),
    *("5$=4€, 10$=8€", "$5-ish, maybe 7$", "$5 to 7$", "$20 = 18€ and 30$", "$5 million$", "between $5k–$10k"),
    *("$A$1:$B$2", "=SUM($A$1:$A$10)/$B$1", "=$B$2*C$3", "=$A:$A+$1:$1", 'INDIRECT("$A$"&B1)', "A$1 and B$2"),
    *("echo $HOME/$USER", "$PATH:$HOME", "${a}-${b}", "${a}${b}", "kill -9 $$ && echo $$", "$# $? $! $@", "$1$2"),
    *("$a = $b + $c;", "if ($x>0&&$y<5)", "for($i=0;$i<$n;$i++)", "$a.$b", "'$a'.'$b'", "$x->y$z", "$$a = $$b"),
    *('"$a\\t$b\\n"', '"$x\\n$y\\n"', '"$name\\nis$"', "$total = price * $qty", "$user_id,$user_name", "$x == $y"),
    *("$_ and $@", "my ($a,$b) = @_;", "$hash{$key}", "$a[$i]", "$x->{name}.$y", "@{$x}{$y}", "$#a $#b"),
    *("$('#a').hide(); $('b')", "$('a')+$('b')", "$(document).ready(f); $('p')", "$.get($url)"),
    *(r"s/\(foo\)*/\1/", r"s/\(.*\)@\(.*\)/\2 \1/", r"\[0-9\]+", r"\[\d+\]", "^a$|^b$", r"^\$\d+$", r"\\(x\\)"),
    *("$x and y$", "$HOMES$", "$user_name$", "$x$(m)", "a\n$b\nc$"),
]


def formulas(text):
    return [node.latex for node in split_mathematics(text) if isinstance(node, Math)]


@pytest.mark.parametrize("latex", FORMULAS)
@pytest.mark.parametrize("delimiters", [("$", "$"), ("$$", "$$"), (r"\(", r"\)"), (r"\[", r"\]")])
def test_formulas_are_recognised(latex, delimiters):
    before, after = delimiters
    assert formulas(f"is {before}{latex}{after}, so") == [latex]


@pytest.mark.parametrize("text", TEXTS)
def test_ambiguous_mathematics_is_unchanged(text):
    assert split_mathematics(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the $n$th of 2$x$ and 4$a=5$", ["n", "x", "a=5"]),
        ("pay $5, then $x$", ["x"]),
        ("$foo bar$ and $x$", ["x"]),
        ("$$\n\\frac{a}{b}\n$$", ["\\frac{a}{b}"]),
        ("$\\alpha$s and \\(b\\)s", ["\\alpha", "b"]),
        ("$___ + 1 = y$", ["\\_\\_\\_ + 1 = y"]),
    ],
)
def test_formulas_in_their_sentences(text, expected):
    assert formulas(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs \\$30 in all", "costs $30 in all"),
        ("\\$10", "$10"),
        ("US\\$5 or 5\\$.", "US$5 or 5$."),
        ('echo "\\$HOME is $HOME"', 'echo "\\$HOME is $HOME"'),
        ("^\\$\\d+", "^\\$\\d+"),
        ("echo \\$1 $x", "echo \\$1 $x"),
    ],
)
def test_an_escaped_dollar_of_an_amount_is_a_dollar(text, expected):
    assert split_mathematics(text) == [expected]


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("$total$", True),
        ("$x$(m)", True),
        ("$y = 3 cm$", True),
        ("$30 km/h$", True),
        ("$5 and $10", False),
        ("$a = $b", False),
    ],
)
def test_doubts_are_named(text, is_doubtful):
    assert has_doubtful_mathematics(text) is is_doubtful


@given(st.lists(st.sampled_from(["\\(", "\\)", "$", "$$", "\\[", "\\]", "\\$", "x", " ", "5", "^2", "{"])).map("".join))
def test_every_character_stays(text):
    nodes = split_mathematics(text)
    written = "".join(node if isinstance(node, str) else node.latex for node in nodes)
    signs = str.maketrans("", "", "\\$()[] ")
    assert written.translate(signs) == text.translate(signs)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        *("\\(", "\\(x ", "\\[x", "$a ", "$$a", "$", "\\(x\\(y\\)", "$x_{", "$aaaaaaaa", "$(a b) ", "\\(\\text{", "\\"),
        *("x", "_{", "$a_b", "a_", "\\(a ", "\\[\\($$", "$\\$", "$x |"),
    ],
)
def test_the_time_grows_with_the_size(unit):
    """Backtracking can't be counted, so CPU time is compared, with a bound that only quadratic time reaches."""
    assert growth(split_mathematics, 8_000 // len(unit), lambda size: unit * size + "\\) $", enough=3) < 3
