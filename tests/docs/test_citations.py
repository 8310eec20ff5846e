"""Every citation of a page in docs/ resolves, and so does every relative link in the Markdown files."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("lti_tool", "sandbox", "tests", "config", "bench", "docs", "integrations", "static")
SUFFIXES = {".py", ".md", ".php", ".js", ".css", ".html", ".toml", ".yaml", ".yml", ".env", ".sh", ".xml", ".csv"}
SKIPPED = {"__pycache__", "fixtures", "node_modules", "translations"}

CITATION = re.compile(r"\bdocs/(?P<page>[\w./-]+\.md)(?:#(?P<anchor>[\w-]+))?")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
# Citations of notes outside the repository, which this project once used.
FORMER = re.compile(
    r"\b[Ff]acts:[\s#]+(?:[a-z]+-[a-z]+|pylti1p3|judged|libraries)\b"
    r"|\b(?:qti-targets|lms-behaviour|moodle-live|examplary-api|users-ask|canvas-api|moodle-service),?\s+§"
)
ISSUE = re.compile(r"\bissue \d+", re.IGNORECASE)
DEFECT = re.compile(r"\bD(?:-N)?\d{1,2}\b")
DEFECTS_PAGE = ROOT / "docs" / "reference" / "pylti1p3.md"


@cache
def files():
    """Return the text files of the project, without recorded ones and without this one."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(
        path
        for path in [*top, *inside]
        if (path.suffix in SUFFIXES or path.name in {"Makefile", "Dockerfile"})
        and not SKIPPED & set(path.relative_to(ROOT).parts)
        and path != Path(__file__)
    )


def markdown():
    return [path for path in files() if path.suffix == ".md"]


def outside_code(text):
    """Return Markdown without its blocks and spans of code, with the same line numbers."""

    def blank(match):
        return "\n" * match[0].count("\n")

    text = re.sub(r"^( *)(```|~~~).*?^ *\2\s*?$", blank, text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", blank, text)


def slug(heading):
    """Return the anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


@cache
def anchors(page):
    """Return the anchors of a Markdown file; equal headings are numbered."""
    text = re.sub(r"^( *)(```|~~~).*?^ *\2\s*?$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    known = {}
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, re.MULTILINE):
        anchor = slug(heading)
        known[anchor] = known.get(anchor, -1) + 1
        if known[anchor]:
            known[f"{anchor}-{known[anchor]}"] = 0
    return frozenset(known)


def place(path, text, match):
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"


def prose(path):
    """Yield (line, text) of the docstrings and comments of a Python file that may name a defect."""
    source = path.read_text(encoding="utf-8")
    if not DEFECT.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_every_cited_page_and_heading_exists():
    missing = []
    cited = 0
    for path in files():
        text = path.read_text(encoding="utf-8")
        for match in CITATION.finditer(text):
            cited += 1
            page = ROOT / "docs" / match["page"]
            if not page.is_file() or (match["anchor"] and match["anchor"] not in anchors(page)):
                missing.append(place(path, text, match))
    assert not missing, "\n".join(missing)
    assert cited > 100, "the citations of the code were not found"


def test_every_relative_link_resolves():
    broken = []
    for path in markdown():
        text = outside_code(path.read_text(encoding="utf-8"))
        for match in LINK.finditer(text):
            target, _, anchor = match["target"].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            page = (path.parent / target).resolve() if target else path
            if not page.exists() or (anchor and page.suffix == ".md" and anchor not in anchors(page)):
                broken.append(place(path, text, match))
    assert not broken, "\n".join(broken)


def test_nothing_cites_notes_outside_the_repository():
    former = [
        place(path, text, match)
        for path in files()
        for text in [path.read_text(encoding="utf-8")]
        for match in FORMER.finditer(text)
    ]
    assert not former, "\n".join(former)


def test_nothing_cites_issues_by_number():
    cited = [
        place(path, text, match)
        for path in files()
        for text in [path.read_text(encoding="utf-8")]
        for match in ISSUE.finditer(text)
    ]
    assert not cited, "\n".join(cited)


def test_every_code_of_a_defect_is_defined():
    defined = set(re.findall(rf"^### ({DEFECT.pattern})$", DEFECTS_PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"D1", "D29", "D-N1"} <= defined
    unknown = []
    for path in files():
        if path.suffix == ".py":
            pieces = prose(path)
        elif path.suffix == ".md":
            pieces = [(1, outside_code(path.read_text(encoding="utf-8")))]
        else:
            continue
        unknown += [
            f"{path.relative_to(ROOT)}:{line}: {code}"
            for line, text in pieces
            for code in DEFECT.findall(text)
            if code not in defined
        ]
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("The teacher's id_token", "the-teachers-id_token"),
        ("Canvas QTI 1.2", "canvas-qti-12"),
        ("What `make load` does", "what-make-load-does"),
        ("See [Dialects](importers.md)", "see-dialects"),
        ("D-N1", "d-n1"),
    ],
)
def test_anchors_are_those_of_github(heading, anchor):
    assert slug(heading) == anchor
