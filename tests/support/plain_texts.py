"""Plain texts without a formula: code, markup, money, and mathematics as people type it."""

from hypothesis import strategies as st

from tests.support.html_names import ELEMENTS

NAMES = st.sampled_from(["a", "x", "user", "my_var", "HOME", "i", "total", "n2"])
NUMBERS = st.sampled_from(["5", "10", "4.99", "1,000", "3"])


def _forms(*templates):
    return st.builds(
        lambda template, first, second, number, name: (
            template.replace("@1", first).replace("@2", second).replace("@n", number).replace("@t", name)
        ),
        st.sampled_from(templates),
        NAMES,
        NAMES,
        NUMBERS,
        st.sampled_from(ELEMENTS),
    )


SHELL = _forms(
    *(
        "echo $@1/$@2",
        "echo $@1",
        "${@1}-${@2}",
        'grep "$@1" f | wc -l',
        "kill -9 $$ && echo $$",
        "$# $? $! $@",
        "$(ls $@1)",
    ),
    *(
        "`@1` > out 2>&1",
        "[ $@1 -lt @n ] && exit",
        "sed 's/\\(@1\\)*/\\1/'",
        "x=$((@n+1))",
        "cd ~/@1 && ls *.txt",
        "$@1$@2",
    ),
)
PHP = _forms(
    *(
        "<?php echo $@1; ?>",
        "$@1 = $@2 + @n;",
        "$@1->@2($x)",
        "for ($i=0; $i<$@1; $i++)",
        "$$@1 = '$@2'",
        "'$@1'.'$@2'",
    ),
    *("if ($@1 && $@2 < @n)", '"$@1\\t$@2\\n"', "@1::@2()", "$_POST['@1']", "$@1['@2'] => @n", "<?= $@1 ?>"),
)
PERL_AND_JQUERY = _forms(
    *(
        "my ($@1,$@2) = @_;",
        "$hash{$@1}",
        "@{$@1}",
        "$_ =~ /^@1$/",
        "$('#@1').hide(); $('@2')",
        "$.get($@1)",
        "@1 || $@2",
    ),
)
CELLS = _forms("=SUM($A$1:$A$10)/$B$1", "$A$1:$B$2", "=$B$2*C$3", "=A$1+$A1", 'INDIRECT("$A$"&B1)', "=IF(A1<>B1;@n;0)")
MARKUP = _forms(
    *(
        "the <@t> tag",
        "use <@t> or </@t>.",
        "List<String> @1",
        "Map<@1, List<Int>>",
        "<me@x.org>",
        "a <!DOCTYPE html> line",
    ),
    *(
        "a < b && c > d",
        "x<@n",
        "vector<int> @1;",
        "@1 <- @n",
        "cout << @1;",
        "R&D",
        "&@1",
        "@1 & @2",
        "<- and ->",
        "<3",
    ),
)
MONEY = _forms("costs $@n and $@n", "@n$–@n$", "US$@n", "$@n/kg", "€ @n", "A$@n or @n$", "$@n-ish", "@n % of $@n")
TYPED_MATHEMATICS = _forms(
    *(
        "x^2 + @n = 0",
        "a_1 < a_2",
        "f(x) = @n*x",
        "2 * (3 + @n)",
        "|x| >= @n",
        "sqrt(@n)",
        "x <= y",
        "{@n; 5}",
        "~@n",
        "@n : 3",
    ),
)
OTHER = _forms(
    "[@1]", "{@1:@2}", "C:\\@1\\@2", "#@1", "100 %", "@@1@@", "__init__", "*@1*", "a\\b", "'@1'", '"@1"', "=@1", "\\@1"
)
PIECES = st.one_of(SHELL, PHP, PERL_AND_JQUERY, CELLS, MARKUP, MONEY, TYPED_MATHEMATICS, OTHER)


@st.composite
def plain_texts(draw):
    """A text of several pieces, on one line or on several, some of them indented."""
    pieces = draw(st.lists(PIECES, min_size=1, max_size=4))
    between = draw(st.lists(st.sampled_from([" ", " and ", "\n", "\n    "]), min_size=4, max_size=4))
    text = "".join(piece + space for piece, space in zip(pieces, between, strict=False))
    return f"Why {text.strip()}"
