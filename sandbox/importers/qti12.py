"""Parsing of QTI 1.2: items, responses, conditions. The importers interpret them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from sandbox.importers import safe_xml


@dataclass(frozen=True, slots=True)
class Material:
    """A piece of text; ``html`` says whether its ``texttype`` is text/html."""

    text: str
    html: bool


@dataclass(frozen=True, slots=True)
class ResponseLabel:
    """One option of a response."""

    ident: str
    material: Material


@dataclass(frozen=True, slots=True)
class Qti12Response:
    """A ``response_lid`` or ``response_str`` with its options."""

    kind: str
    ident: str
    cardinality: str
    shuffle: bool
    material: Material | None
    labels: tuple[ResponseLabel, ...]
    word_limits: tuple[str, str] | None = None
    """Minimum and maximum of words, if New Quizzes should enforce them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition: ``varequal``, ``vargte``, ``varlte`` …; ``negated`` inside ``<not>``."""

    name: str
    respident: str
    value: str
    case: str | None
    negated: bool


@dataclass(frozen=True, slots=True)
class ResponseCondition:
    """One ``respcondition``: its tests, the score it sets or adds (None if none), the feedback it shows."""

    tests: tuple[Comparison, ...]
    score: float | None
    feedback: tuple[str, ...]

    def equal(self, *, negated: bool = False) -> Iterator[Comparison]:
        """The ``varequal`` tests outside (or inside) a ``<not>``."""
        return (test for test in self.tests if test.name == "varequal" and test.negated is negated)

    def bound(self, *names: str) -> float | None:
        """The number that the first test of one of these names compares with."""
        for test in self.tests:
            if test.name in names:
                return number(test.value)
        return None


@dataclass(frozen=True, slots=True)
class Qti12Item:
    """One ``item``. ``alternative`` is the first text of an ``altmaterial`` of its stem."""

    ident: str
    title: str
    metadata: Mapping[str, str]
    stem: Material | None
    responses: tuple[Qti12Response, ...]
    conditions: tuple[ResponseCondition, ...]
    feedback: Mapping[str, Material]
    alternative: Material | None = None
    namespace: str = ""

    @property
    def scoring(self) -> tuple[ResponseCondition, ...]:
        """The conditions that give points."""
        return tuple(condition for condition in self.conditions if (condition.score or 0) > 0)


@dataclass(frozen=True, slots=True)
class Qti12Assessment:
    """One ``assessment`` (or ``objectbank``, without title) of a ``questestinterop``."""

    ident: str
    title: str
    metadata: Mapping[str, str]
    items: tuple[Qti12Item, ...]
    namespace: str = ""


def read_assessments(root: etree._Element) -> tuple[Qti12Assessment, ...]:
    """All assessments of a document."""
    return tuple(
        Qti12Assessment(
            safe_xml.attribute(element, "ident"),
            safe_xml.attribute(element, "title"),
            read_metadata(element),
            tuple(read_item(item) for item in safe_xml.descendants(element, "item")),
            safe_xml.namespace(element),
        )
        for element in safe_xml.descendants(root, "assessment", "objectbank")
    )


def read_metadata(element: etree._Element) -> Mapping[str, str]:
    """``fieldlabel`` → ``fieldentry`` of the element's own metadata."""
    holders = [element, *safe_xml.children(element, "itemmetadata")]
    fields = (
        field
        for holder in holders
        for data in safe_xml.children(holder, "qtimetadata")
        for field in safe_xml.children(data, "qtimetadatafield")
    )
    return {
        safe_xml.text_of(safe_xml.child(field, "fieldlabel")): safe_xml.text_of(safe_xml.child(field, "fieldentry"))
        for field in fields
    }


def read_item(element: etree._Element) -> Qti12Item:
    """One item."""
    presentation = safe_xml.child(element, "presentation")
    flow = safe_xml.child(presentation, "flow")
    body = presentation if flow is None else flow
    return Qti12Item(
        safe_xml.attribute(element, "ident"),
        safe_xml.attribute(element, "title"),
        read_metadata(element),
        read_material(body),
        tuple(_read_response(response) for response in safe_xml.descendants(body, "response_lid", "response_str")),
        tuple(_read_condition(condition) for condition in safe_xml.descendants(element, "respcondition")),
        {
            safe_xml.attribute(feedback, "ident"): material
            for feedback in safe_xml.children(element, "itemfeedback")
            if (material := _deep_material(feedback)) is not None
        },
        _join(list(safe_xml.descendants(next(_alternatives(body), None), "mattext"))[:1]),
        safe_xml.namespace(element),
    )


def read_material(holder: etree._Element | None) -> Material | None:
    """The texts of the element's own ``material`` children, without alternatives, or None."""
    alternatives = list(_alternatives(holder))
    texts = [text for material in safe_xml.children(holder, "material") for text in material.iterchildren("*")]
    return _join([text for text in texts if text not in alternatives])


def _alternatives(holder: etree._Element | None) -> Iterator[etree._Element]:
    for material in safe_xml.children(holder, "material"):
        yield from safe_xml.children(material, "altmaterial")


def _deep_material(holder: etree._Element) -> Material | None:
    return _join(list(safe_xml.descendants(holder, "mattext")))


def _join(texts: list[etree._Element]) -> Material | None:
    if not texts:
        return None
    html = any(safe_xml.attribute(text, "texttype") == "text/html" for text in texts)
    return Material(" ".join(safe_xml.text_of(text).strip(" \t\r\n") for text in texts), html)


def _read_response(element: etree._Element) -> Qti12Response:
    render = next(safe_xml.descendants(element, "render_choice", "render_fib"), None)
    labels = safe_xml.descendants(element, "response_label")
    return Qti12Response(
        safe_xml.local(element),
        safe_xml.attribute(element, "ident"),
        safe_xml.attribute(element, "rcardinality"),
        safe_xml.attribute(render, "shuffle").lower() == "yes",
        read_material(element),
        tuple(
            ResponseLabel(safe_xml.attribute(label, "ident"), _deep_material(label) or Material("", html=False))
            for label in labels
        ),
        _word_limits(element),
    )


def _word_limits(element: etree._Element) -> tuple[str, str] | None:
    if safe_xml.attribute(element, "word_limit_enabled").lower() != "yes":
        return None
    return safe_xml.attribute(element, "word_limit_min"), safe_xml.attribute(element, "word_limit_max")


def _read_condition(element: etree._Element) -> ResponseCondition:
    tests = tuple(
        Comparison(
            safe_xml.local(test),
            safe_xml.attribute(test, "respident"),
            safe_xml.text_of(test).strip(),
            test.get("case"),
            any(safe_xml.local(parent) == "not" for parent in test.iterancestors()),
        )
        for test in safe_xml.descendants(element, "varequal", "vargte", "vargt", "varlte", "varlt", "varsubstring")
    )
    scores = [number(safe_xml.text_of(setvar)) for setvar in safe_xml.children(element, "setvar")]
    feedback = tuple(
        safe_xml.attribute(display, "linkrefid") for display in safe_xml.children(element, "displayfeedback")
    )
    return ResponseCondition(tests, next((score for score in scores if score is not None), None), feedback)


def number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
