"""One item of QTI 2.x or 3.0: what it asks, and whether its key fits. Facts: qti-targets §0, §2, §5."""

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
    "portableCustomInteraction": "custom",
    "customInteraction": "custom",
}
_BY_HAND = frozenset({"extendedTextInteraction", "uploadInteraction", "drawingInteraction"})
_CUSTOM = frozenset({"portableCustomInteraction", "customInteraction"})
_CHOICES = (
    *("simpleChoice", "simpleAssociableChoice", "inlineChoice", "gapText", "gapImg", "gap", "hottext"),
    *("hotspotChoice", "associableHotspot"),
)
_CHOSEN = frozenset({"identifier", "pair", "directedPair"})


def check_item(root: etree._Element, resource: ManifestResource, report: CheckReport, *, is_version_2: bool) -> None:
    """Count one item, and note what is wrong with it."""
    place = get(root, "title")[:60] or resource.href
    if not NAME.fullmatch(get(root, "identifier")):
        report.add(place, "Its identifier is none.", "Begin with a letter; use letters, digits and “_”.")
    body = child(root, "itemBody")
    interactions = [one for one in body.iter() if name(one).endswith("Interaction")] if body is not None else []
    kinds = sorted({name(one) for one in interactions})
    report.tally.add(_label(kinds), _points(root, place, report) if interactions else Decimal(0))
    _check_kinds(kinds, len(interactions), place, report, resource, is_version_2=is_version_2)
    _check_choices(interactions, place, report)
    for interaction in interactions:
        _check_key(root, interaction, place, report)


def _label(kinds: list[str]) -> str:
    labels = sorted({LABELS.get(kind, kind.removesuffix("Interaction")) for kind in kinds})
    return " and ".join(labels) if labels else "text"


def _points(root: etree._Element, place: str, report: CheckReport) -> Decimal:
    outcomes = {get(one, "identifier"): one for one in children(root, "outcomeDeclaration")}
    score = outcomes.get("SCORE")
    most = outcomes.get("MAXSCORE", outcomes.get("MAX_SCORE"))
    told = get(score, "normalMaximum") or text(child(most, "defaultValue", "value"))
    found = number(told)
    if found is None:
        report.add(place, "It does not say how many points it is worth.", "Importers take 1.", serious=False)
        return Decimal(1)
    if found < 0:
        report.add(place, f"It is worth {told} points.", "Points begin at 0.")
    return found


def _check_kinds(
    kinds: list[str], count: int, place: str, report: CheckReport, resource: ManifestResource, *, is_version_2: bool
) -> None:
    if not count:
        report.add(place, "It asks nothing.", "Some LMSs leave out a text without a question.", serious=False)
    if count > 1 and is_version_2:
        report.add(place, f"It asks {count} things at once.", "New Quizzes leaves such a question out.", serious=False)
    if _CUSTOM & set(kinds):
        report.add(place, "It is a custom interaction.", "Hardly any LMS plays it: make it another type.")
    if "orderInteraction" in kinds and is_version_2 and resource.interaction != "orderInteraction":
        report.add(place, "The manifest does not say that it is an ordering.", "Canvas can't read it.", serious=False)


def _check_choices(interactions: list[etree._Element], place: str, report: CheckReport) -> None:
    for interaction in interactions:
        idents = [get(one, "identifier") for one in descendants(interaction, *_CHOICES)]
        _check_names([ident for ident in idents if not NAME.fullmatch(ident)], place, report)
        if len(set(idents)) < len(idents):
            report.add(place, "Two choices have the same identifier.", "Number the choices.")


def _check_names(wrong: list[str], place: str, report: CheckReport) -> None:
    if len(wrong) == 1:
        report.add(place, f"The choice “{wrong[0][:40]}” has an identifier that is none.", "Number the choices.")
    elif wrong:
        said = f"{len(wrong)} choices have identifiers that are none, such as “{wrong[0][:40]}”."
        report.add(place, said, "Number the choices.")


def _check_key(root: etree._Element, interaction: etree._Element, place: str, report: CheckReport) -> None:
    response = get(interaction, "responseIdentifier")
    declared = next((one for one in children(root, "responseDeclaration") if get(one, "identifier") == response), None)
    if declared is None:
        report.add(place, f"Its response “{response}” is not declared.", "No LMS can mark it.")
        return
    values = [text(one) for one in children(child(declared, "correctResponse"), "value")]
    keyed = bool(values) or child(declared, "mapping") is not None or child(declared, "areaMapping") is not None
    if not keyed and name(interaction) not in _BY_HAND | _CUSTOM and not _is_scored_by_hand(root):
        report.add(place, "It has no right answer.", "Canvas refuses it; others mark every answer wrong.")
    if get(declared, "baseType") in _CHOSEN:
        _check_values(interaction, values, place, report)


def _check_values(interaction: etree._Element, values: list[str], place: str, report: CheckReport) -> None:
    known = {get(one, "identifier") for one in descendants(interaction, *_CHOICES)}
    for value in values:
        if value not in known and not set(value.split()) <= known:
            report.add(
                place, f"The right answer “{value[:40]}” is none of its choices.", "Every answer would be wrong."
            )


def _is_scored_by_hand(root: etree._Element) -> bool:
    return any(get(one, "externalScored") for one in children(root, "outcomeDeclaration"))
