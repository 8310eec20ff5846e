"""Examplary's description of its API is compared with the calls that we make."""

from __future__ import annotations

import copy

import pytest

from lti_tool.examplary import Difference, NoDescription, compare_description
from lti_tool.examplary.client import ENDPOINTS
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.examplary.openapi import description


@pytest.fixture
def document():
    return copy.deepcopy(description())


def test_the_sandbox_describes_the_calls_it_serves(document):
    client = create_examplary(ExamplaryConfig()).test_client()
    assert client.get("/openapi").json == document
    for path, operations in document["paths"].items():
        for method in operations.keys() - {"parameters"}:
            answer = client.open(path.replace("{examId}", "x").replace("{embedSessionId}", "x"), method=method.upper())
            assert answer.status_code == 401, (path, method)


def test_all_our_calls_fit_it(document):
    assert compare_description(document) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_each_missing_call_is_named(document, endpoint):
    path = next(
        path
        for path in document["paths"]
        if path.count("/") == endpoint.template.count("/") and (path.split("/")[1] == endpoint.template.split("/")[1])
    )
    del document["paths"][path][endpoint.method.lower()]
    assert compare_description(document) == [Difference(endpoint.name)]


def test_a_required_field_that_is_not_sent_is_named(document):
    document["components"]["schemas"]["NewEmbedSession"]["required"].append("consent")
    assert compare_description(document) == [Difference("POST /embed-sessions", "consent")]


def test_required_fields_are_found_in_parts_and_in_all_alternatives(document):
    parts = {"allOf": [{"$ref": "#/components/schemas/NewUser"}, {"required": ["tenant"]}]}
    choice = {"oneOf": [{"required": ["a", "both"]}, {"required": ["b", "both"]}]}
    document["components"]["schemas"]["User2"] = {"allOf": [parts, choice]}
    schema = document["paths"]["/users"]["post"]["requestBody"]["content"]["application/json"]
    schema["schema"] = {"$ref": "#/components/schemas/User2"}
    assert [difference.field for difference in compare_description(document)] == ["both", "tenant"]


def test_a_required_parameter_is_named_but_not_the_key(document):
    parameters = [
        {"name": "Authorization", "in": "header", "required": True},
        {"name": "workspace", "in": "query", "required": True},
        {"name": "fields", "in": "query", "required": False},
    ]
    document["paths"]["/me"] = {"get": {"parameters": parameters}}
    assert compare_description(document) == [Difference("GET /me", "workspace")]


@pytest.mark.parametrize("broken", [{}, {"paths": []}, {"paths": {}}, {"message": "Not found"}])
def test_documents_that_describe_no_api_are_refused(broken):
    with pytest.raises(NoDescription):
        compare_description(broken)


def test_a_description_that_refers_to_itself_ends(document):
    document["components"]["schemas"]["NewUser"] = {
        "$ref": "#/components/schemas/NewUser",
        "allOf": [{"$ref": "#/components/schemas/NewUser"}],
    }
    assert compare_description(document) == []
