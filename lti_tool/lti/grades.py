"""Assignment and Grade Services 2.0: columns in the gradebook, and points in them.

Ready, and called by no page yet: questions are marked in the LMS's own quiz, which knows its gradebook by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.exception import LtiException
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as PyLtiLineItem

from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.claims import AGS_LINE_ITEM_SCOPE, AGS_RESULT_SCOPE, AGS_SCORE_SCOPE
from lti_tool.lti.protocol.content_items import LineItem
from lti_tool.lti.service_connector import Connector
from lti_tool.lti.service_errors import ServiceNotGranted, ServiceUnreadable

READ_ONLY_SCOPE = f"{AGS_LINE_ITEM_SCOPE}.readonly"
MOST_PAGES = 100
_COLUMN = "application/vnd.ims.lis.v2.lineitem+json"
_COLUMNS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
COMMENT_LENGTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesEndpoint:
    """What a launch offers (AGS 2.0 §3.1). Addresses are empty where it offers none."""

    scopes: frozenset[str] = frozenset()
    line_items: str = ""
    line_item: str = ""

    @classmethod
    def from_claim(cls, claim: object) -> GradesEndpoint:
        """Read the claim ``endpoint``; what is not as it should be is not offered."""
        values = claim if isinstance(claim, dict) else {}
        scopes = values.get("scope")
        named = [scope for scope in scopes if isinstance(scope, str)] if isinstance(scopes, list) else []
        addresses = {
            name: url if isinstance(url := values.get(name), str) else "" for name in ("lineitems", "lineitem")
        }
        return cls(scopes=frozenset(named), line_items=addresses["lineitems"], line_item=addresses["lineitem"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A person's points (AGS 2.0 §3.4). ``given`` may be more than ``maximum``, never less than 0."""

    user_id: str
    """``sub`` of the person's launches."""
    given: Decimal
    maximum: Decimal
    at: datetime
    comment: str = ""
    finished: bool = True
    """Whether somebody may still mark it: then the LMS shows it as waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What stands in a column for a person (AGS 2.0 §3.3). ``given`` is empty where nothing was marked yet."""

    user_id: str
    given: Decimal | None = None
    maximum: Decimal | None = None
    comment: str = ""


class Grades:
    """The gradebook of one course."""

    def __init__(self, connector: Connector, endpoint: GradesEndpoint) -> None:
        self._connector, self._endpoint = connector, endpoint

    def column(self, line_item: LineItem, tag: str) -> str:
        """Return the address of the column with ``tag`` and the item's ``resource_id``, made if there is none."""
        self._need(AGS_LINE_ITEM_SCOPE)
        for found in self._listed(self._endpoint.line_items, AGS_LINE_ITEM_SCOPE, _COLUMNS):
            if found.get("tag") == tag and found.get("resourceId", "") == line_item.resource_id:
                return _address(found)
        answer = self._connector.make_service_request(
            [AGS_LINE_ITEM_SCOPE],
            self._endpoint.line_items,
            is_post=True,
            data=json.dumps({**line_item.to_claim(), "label": line_item.label or tag, "tag": tag}),
            content_type=_COLUMN,
            accept=_COLUMN,
        )
        return _address(answer["body"])

    def send(self, score: Score, line_item: str = "") -> None:
        """Put points into a column; into the launched link's own if none is named."""
        self._need(AGS_SCORE_SCOPE)
        column = self._column(line_item)
        service = AssignmentsGradesService(self._connector, {"scope": [AGS_SCORE_SCOPE]})  # type: ignore[list-item]
        try:
            service.put_grade(_grade(score), PyLtiLineItem({"id": column}))
        except LtiException as error:
            raise ServiceUnreadable(f"score {score.given} of {score.maximum}") from error

    def results(self, line_item: str = "") -> list[Result]:
        """Return what stands in a column, page by page; in the launched link's own if none is named."""
        self._need(AGS_RESULT_SCOPE)
        url = _below(self._column(line_item), "results")
        return [_result(each) for each in self._listed(url, AGS_RESULT_SCOPE, _RESULTS)]

    def _column(self, line_item: str) -> str:
        column = line_item or self._endpoint.line_item
        if not column:
            raise ServiceNotGranted("the launch names no line item")
        return column

    def _listed(self, first: str, scope: str, kind: str) -> Iterator[Mapping[str, object]]:
        """Read a list, page by page."""
        if not first:
            raise ServiceNotGranted("the launch names no line items")
        url: str | None = first
        for _ in range(MOST_PAGES):
            answer = self._connector.make_service_request([scope], str(url), accept=kind)
            body = answer["body"]
            if not isinstance(body, list):
                raise ServiceUnreadable("no list")
            yield from (each for each in body if isinstance(each, dict))
            url = answer["next_page_url"]
            if url is None:
                return
        raise ServiceUnreadable(f"more than {MOST_PAGES} pages")

    def _need(self, scope: str) -> None:
        if scope not in self._endpoint.scopes:
            raise ServiceNotGranted(f"scope {scope.rsplit('/', 1)[-1]}")


def _grade(score: Score) -> Grade:
    grade = Grade().set_score_given(float(score.given)).set_score_maximum(float(score.maximum))
    grade.set_user_id(score.user_id)
    grade.set_timestamp(score.at.astimezone(UTC).isoformat(timespec="milliseconds"))
    grade.set_activity_progress("Completed")
    grade.set_grading_progress("FullyGraded" if score.finished else "PendingManual")
    return grade.set_comment(score.comment) if score.comment else grade


def _below(url: str, part: str) -> str:
    """Return ``url`` with ``part`` at the end of its path: a line item may have a query (AGS 2.0 §3.2.3)."""
    path, mark, query = url.partition("?")
    return f"{path.rstrip('/')}/{part}{mark}{query}"


def _result(values: Mapping[str, object]) -> Result:
    user_id, comment = values.get("userId"), values.get("comment")
    if not isinstance(user_id, str) or not user_id:
        raise ServiceUnreadable("a result of nobody")
    return Result(
        user_id=user_id,
        given=_points(values.get("resultScore")),
        maximum=_points(values.get("resultMaximum")),
        comment=plain_text(comment, COMMENT_LENGTH) if isinstance(comment, str) else "",
    )


def _points(value: object) -> Decimal | None:
    if value is None:
        return None
    try:
        points = Decimal(str(value)) if type(value) in (int, float) else Decimal("NaN")
    except InvalidOperation as error:
        raise ServiceUnreadable("points that are no number") from error
    if not points.is_finite():
        raise ServiceUnreadable("points that are no number")
    return points


def _address(column: object) -> str:
    address = column.get("id") if isinstance(column, dict) else None
    if not isinstance(address, str) or not address:
        raise ServiceUnreadable("a line item without an address")
    return address
