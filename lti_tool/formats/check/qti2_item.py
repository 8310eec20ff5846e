"""Checks of an item of QTI 2.x or 3.0: its interactions, choices and key. See docs/reference/importers.md."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from lti_tool.formats.check.manifest import ManifestResource
from lti_tool.formats.check.report import CheckReport, number
from lti_tool.formats.check.xml import NAME, child, children, descendants, get, name, text

LABELS = {
    "choiceInteraction": "choice",
    "textEntryInteraction": "text to fill in",
    "extendedTextInteraction": "essay",
    "matchInteraction": "matching",
    "orderInteraction": "ordering",
    "inlineChoiceInteraction": "dropdown",
    "uploadInteraction": "file upload",
    "gapMatchInteraction": "drag words",
    "hotspotInteraction": "hotspot",
    "hottextInteraction": "words to choose",
    "associateInteraction": "pairs",
    "sliderInteraction": "slider",
    "drawingInteraction": "drawing",
    "mediaInteraction": "audio or video",
    "selectPointInteraction": "points on a picture",
    "positionObjectInteraction": "objects on a picture",
    "graphicOrderInteraction": "ordering on a picture",
    "graphicAssociateInteraction": "pairs on a picture",
    "graphicGapMatchInteraction": "drag onto a picture",
    "portableCustomInteraction": "custom",
    "customInteraction": "custom",
}
_BY_HAND = frozenset({"extendedTextInteraction", "uploadInteraction", "drawingInteraction", "mediaInteraction"})
_COMPARISONS = (
    "match",
    "stringMatch",
    "patternMatch",
    "substring",
    "member",
    "contains",
    "equal",
    "equalRounded",
    "lt",
    "lte",
    "gt",
    "gte",
    "inside",
    "customOperator",
)
_ASKS_NOTHING = "endAttemptInteraction"
"""A button, for a hint or a solution."""
_CUSTOM = frozenset({"portableCustomInteraction", "customInteraction"})
_CHOICES = (
    "simpleChoice",
    "simpleAssociableChoice",
    "inlineChoice",
    "gapText",
    "gapImg",
    "gap",
    "hottext",
    "hotspotChoice",
    "associableHotspot",
)
_CHOICE_BASE_TYPES = frozenset({"identifier", "pair", "directedPair"})


def check_item(root: etree._Element, resource: ManifestResource, report: CheckReport, *, is_version_2: bool) -> None:
    """Count an item and report its problems."""
    place = get(root, "title")[:60] or resource.href
    if not NAME.fullmatch(get(root, "identifier")):
        report.add(place, "Its identifier isn't valid.", "Start with a letter; use letters, digits and “_”.")
    body = child(root, "itemBody")
    interactions = (
        [element for element in body.iter() if name(element).endswith("Interaction") and name(element) != _ASKS_NOTHING]
        if body is not None
        else []
    )
    kinds = sorted({name(interaction) for interaction in interactions})
    report.tally.add(_label(kinds), _points(root, place, report) if interactions else Decimal(0))
    _check_kinds(kinds, len(interactions), place, report, resource, is_version_2=is_version_2)
    _check_choices(interactions, place, report)
    declarations = {
        get(declaration, "identifier"): declaration
        for declaration in reversed(list(children(root, "responseDeclaration")))
    }
    own_rules = _responses_with_own_rules(root)
    is_scored_by_hand = _is_scored_by_hand(root)
    for interaction in interactions:
        declaration = declarations.get(get(interaction, "responseIdentifier"))
        _check_key(declaration, interaction, place, report, own_rules, is_scored_by_hand=is_scored_by_hand)


def _label(kinds: list[str]) -> str:
    labels = sorted({LABELS.get(kind, f"unknown ({kind})") for kind in kinds})
    return " and ".join(labels) if labels else "text"


def _points(root: etree._Element, place: str, report: CheckReport) -> Decimal:
    outcomes = {get(outcome, "identifier"): outcome for outcome in children(root, "outcomeDeclaration")}
    score = outcomes.get("SCORE")
    max_score = outcomes.get("MAXSCORE", outcomes.get("MAX_SCORE"))
    score_text = get(score, "normalMaximum") or text(child(max_score, "defaultValue", "value"))
    points = number(score_text)
    if points is None:
        report.add(place, "It doesn't say how many points it is worth.", "Importers count 1 point.", serious=False)
        return Decimal(1)
    if points < 0:
        report.add(place, f"It is worth {score_text} points.", "Use 0 points or more.")
    return points


def _check_kinds(
    kinds: list[str], count: int, place: str, report: CheckReport, resource: ManifestResource, *, is_version_2: bool
) -> None:
    if not count:
        report.add(place, "It has no interaction.", "Some LMSs leave out a text without a question.", serious=False)
    if count > 1 and is_version_2:
        report.add(place, f"It has {count} interactions.", "New Quizzes leaves such a question out.", serious=False)
    if _CUSTOM & set(kinds):
        report.add(place, "It is a custom interaction.", "Hardly any LMS supports it: use another type.")
    if "orderInteraction" in kinds and "v2p1" in resource.type and resource.interaction != "orderInteraction":
        report.add(place, "The manifest doesn't say that it is an ordering.", "Canvas can't read it.", serious=False)


def _check_choices(interactions: list[etree._Element], place: str, report: CheckReport) -> None:
    for interaction in interactions:
        idents = [get(choice, "identifier") for choice in descendants(interaction, *_CHOICES)]
        _check_names([ident for ident in idents if not NAME.fullmatch(ident)], place, report)
        if len(set(idents)) < len(idents):
            report.add(place, "Two choices have the same identifier.", "Number the choices.")


def _check_names(invalid: list[str], place: str, report: CheckReport) -> None:
    if len(invalid) == 1:
        report.add(place, f"The identifier “{invalid[0][:40]}” of a choice isn't valid.", "Number the choices.")
    elif invalid:
        problem = f"{len(invalid)} choices have invalid identifiers, such as “{invalid[0][:40]}”."
        report.add(place, problem, "Number the choices.")


def _check_key(
    declaration: etree._Element | None,
    interaction: etree._Element,
    place: str,
    report: CheckReport,
    own_rules: set[str],
    *,
    is_scored_by_hand: bool,
) -> None:
    response = get(interaction, "responseIdentifier")
    if declaration is None:
        report.add(place, f"Its response “{response}” isn't declared.", "No LMS can score it.")
        return
    values = [text(value) for value in children(child(declaration, "correctResponse"), "value")]
    has_key = bool(values) or child(declaration, "mapping") is not None or child(declaration, "areaMapping") is not None
    if not has_key and response in own_rules:
        problem = f"The key of “{response}” is in rules of its own."
        report.add(place, problem, "We can't check it, and Canvas can't read it.", serious=False)
    elif not has_key and name(interaction) not in _BY_HAND | _CUSTOM and not is_scored_by_hand:
        report.add(place, "It has no correct answer.", "Canvas rejects it; others mark every answer wrong.")
    if get(declaration, "baseType") in _CHOICE_BASE_TYPES:
        _check_values(interaction, values, place, report)


def _check_values(interaction: etree._Element, values: list[str], place: str, report: CheckReport) -> None:
    choice_idents = {get(choice, "identifier") for choice in descendants(interaction, *_CHOICES)}
    for value in values:
        if value not in choice_idents and not set(value.split()) <= choice_idents:
            report.add(
                place, f"The correct answer “{value[:40]}” isn't one of its choices.", "Every answer would be wrong."
            )


def _responses_with_own_rules(root: etree._Element) -> set[str]:
    """Return the responses whose key an item computes, or compares with something other than the declared key."""
    responses = {get(rule, "identifier") for rule in descendants(root, "setCorrectResponse")}
    for rule in descendants(child(root, "responseProcessing"), *_COMPARISONS):
        if child(rule, "correct") is None:
            responses |= {get(variable, "identifier") for variable in children(rule, "variable")}
    return responses


def _is_scored_by_hand(root: etree._Element) -> bool:
    return any(get(outcome, "externalScored") for outcome in children(root, "outcomeDeclaration"))
