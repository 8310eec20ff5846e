"""Reading a QTI package in tests: its documents by the names of QTI 2, its validity, its marking."""

import io
import json
import zipfile
from functools import reduce
from operator import add
from pathlib import Path

from lxml import etree

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.formats.check import check_package
from lti_tool.formats.check import xml as read
from lti_tool.formats.check.schema import invalid_by_schema
from tests.support.standard_schemas import SCHEMAS

FIXTURES = Path(__file__).parents[1] / "fixtures"
GOLDEN = Path(__file__).parent / "golden"

BOTH = ("qti21", "qti30")


class Package:
    """A package with its documents parsed."""

    def __init__(self, data):
        self.data = data
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.testzip() is None
            self.files = {name: zipped.read(name) for name in zipped.namelist()}
        self.documents = {name: etree.fromstring(text) for name, text in self.files.items() if name.endswith(".xml")}
        self.test = self.documents["assessment.xml"]
        self.manifest = self.documents["imsmanifest.xml"]

    @property
    def items(self):
        """Items in the order of the test."""
        references = read.descendants(self.test, "assessmentItemRef")
        return [Item(self.documents[reference.get("href")]) for reference in references]

    def assert_sound(self):
        """No serious problem; valid by the official schemas, where they are available."""
        serious = [problem for problem in check_package(self.data).problems if problem.serious]
        assert serious == []
        if SCHEMAS is None:
            return
        for name, document in self.documents.items():
            assert invalid_by_schema(document, SCHEMAS) == [], name


class Item:
    """One item."""

    def __init__(self, root):
        self.root = root
        self.body = read.child(root, "itemBody")

    @property
    def interactions(self):
        return [element for element in self.body.iter() if read.name(element).endswith("Interaction")]

    @property
    def kind(self):
        return "+".join(read.name(element) for element in self.interactions)

    @property
    def points(self):
        score = next(
            outcome
            for outcome in read.children(self.root, "outcomeDeclaration")
            if outcome.get("identifier") == "SCORE"
        )
        return float(read.get(score, "normalMaximum") or 0)

    @property
    def is_marked_by_hand(self):
        return read.child(self.root, "responseProcessing") is None

    @property
    def prompt(self):
        """The text that a candidate reads."""
        for block in list(read.descendants(self.body, "rubricBlock")):
            assert block.get("view") == "scorer"
        return " ".join(
            "".join(map(str, element.itertext())) for element in self.body if read.name(element) != "rubricBlock"
        )

    def declared(self, name="RESPONSE"):
        return next(
            declaration
            for declaration in read.children(self.root, "responseDeclaration")
            if declaration.get("identifier") == name
        )

    def right(self, name="RESPONSE"):
        return [value.text for value in read.descendants(read.child(self.declared(name), "correctResponse"), "value")]

    def choices(self):
        """Text of each choice by its identifier."""
        choices = read.descendants(self.body, "simpleChoice", "simpleAssociableChoice")
        return {choice.get("identifier"): "".join(map(str, choice.itertext())) for choice in choices}

    def score(self, **responses):
        """Points of a response by the item's response processing."""
        return Marker(
            self, {name: value if isinstance(value, list) else [value] for name, value in responses.items()}
        ).run()


OPERATORS = {
    "sum": lambda values: reduce(add, values),  # not sum(), which is more exact than the engines' arithmetic
    "and": all,
    "or": any,
    "not": lambda values: not values[0],
    "gt": lambda values: values[0] > values[1],
    "gte": lambda values: values[0] >= values[1],
}


class Marker:
    """Runs the rules of response processing that we write, as the specification defines them."""

    def __init__(self, item, responses):
        self.item = item
        self.responses = responses
        self.outcomes = {"SCORE": 0.0}

    def run(self):
        for rule in read.child(self.item.root, "responseProcessing"):
            self.rule(rule)
        return self.outcomes["SCORE"]

    def rule(self, rule):
        if read.name(rule) == "setOutcomeValue":
            self.outcomes[rule.get("identifier")] = self.value(rule[0])
            return
        for branch in rule:
            if read.name(branch) == "responseElse":
                rules = list(branch)
            elif self.value(branch[0]):
                rules = list(branch)[1:]
            else:
                continue
            for nested_rule in rules:
                self.rule(nested_rule)
            return

    def value(self, term):
        name, inner = read.name(term), list(term)
        if name == "mapResponse":
            return self.mapped(term.get("identifier"))
        if name == "baseValue":
            return term.text if read.get(term, "baseType") == "identifier" else float(term.text)
        if name == "variable" and term.get("identifier") in self.outcomes:
            return self.outcomes[term.get("identifier")]
        if name == "match":
            return self.matches()
        if name == "isNull":
            return not self.responses.get(inner[0].get("identifier"))
        values = [self.value(inner_term) for inner_term in inner]
        return OPERATORS[name](values)

    def matches(self):
        response, correct = self.responses["RESPONSE"], self.item.right()
        if self.item.declared().get("cardinality") == "multiple":
            return sorted(response) == sorted(correct)
        return response == correct

    def mapped(self, name):
        mapping = read.child(self.item.declared(name), "mapping")
        assert self.responses.get(name), "some engines can't map an unanswered response"
        total = 0.0
        for response in dict.fromkeys(self.responses[name]):
            for entry in read.children(mapping, "mapEntry"):
                key = read.get(entry, "mapKey")
                case = read.get(entry, "caseSensitive") != "false"
                if response == key or (not case and response.casefold() == key.casefold()):
                    total += float(read.get(entry, "mappedValue"))
                    break
        if read.get(mapping, "lowerBound"):
            total = max(total, float(read.get(mapping, "lowerBound")))
        return min(total, float(read.get(mapping, "upperBound") or "inf"))


def build(name, raw, assets=None):
    """The package of a raw exam and its report; both must be reproducible."""
    exam, writer = parse_exam(raw), formats.get(name)
    first, second = io.BytesIO(), io.BytesIO()
    report = writer.write(exam, assets or {}, first)
    assert writer.write(exam, assets or {}, second) == report == writer.report(exam, assets or {})
    assert first.getvalue() == second.getvalue()
    return Package(first.getvalue()), report


def load(name):
    """A raw exam of the fixtures with its files."""
    raw = json.loads((FIXTURES / "exams" / f"{name}.json").read_bytes())
    files = {file.name: file for file in (FIXTURES / "assets").iterdir()}
    urls = parse_exam(raw).media
    assets = {
        url: Asset.held(url, file.name, "image/png" if file.suffix == ".png" else "application/pdf", file.read_bytes())
        for url in urls
        if (file := files.get(url.rsplit("/", maxsplit=1)[-1]))
    }
    return raw, assets
