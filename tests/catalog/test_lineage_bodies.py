"""What is taken of a body of lineage events, one or many, and what is said of the rest."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lineage_cases import deep, told

from meshwright.errors import InvalidEvent
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.nesting import MOST_LEVELS, beyond

Bearer = Callable[[str], dict[str, str]]
ONE, MANY = "/api/v1/lineage", "/api/v1/lineage/batch"


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(each["where"], each["problem"]) for each in answer.json()["errors"]]


@pytest.mark.parametrize("levels", [MOST_LEVELS, 300, 500, 900])
def test_an_event_that_is_nested_too_deeply_is_refused_where_it_is(
    client: TestClient, bearer: Bearer, levels: int
) -> None:
    sent = told("load") | {"run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a20", "facets": {"x": deep(levels)}}}

    answer = client.post(ONE, json=sent, headers=bearer("ana"))

    assert 422 == answer.status_code
    assert [("body.run.facets.x.a", "is nested too deeply; write fewer levels")] == faults(answer)


def test_what_is_as_deep_as_may_be_is_taken_and_so_is_what_follows_in_its_run(
    client: TestClient, bearer: Bearer
) -> None:
    run = {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a20", "facets": {"x": deep(MOST_LEVELS - 3)}}
    first, second = (told("load") | {"run": run, "eventType": state} for state in ("START", "COMPLETE"))

    answers = [client.post(ONE, json=sent, headers=bearer("ana")).status_code for sent in (first, second)]

    assert [201, 201] == answers


def test_one_element_of_a_batch_that_cannot_be_taken_harms_no_other(client: TestClient, bearer: Bearer) -> None:
    batch: list[Any] = [told("a"), 5, None, [], told("b") | {"producer": deep(300)}, told("c")]

    answer = client.post(MANY, json=batch, headers=bearer("ana")).json()

    no_object = "it is no object; write {...}"
    too_deep = f"producer.{'.'.join('aaa')}: is nested too deeply; write fewer levels"
    expected = [(1, no_object), (2, no_object), (3, no_object), (4, too_deep)]
    assert expected == [(each["index"], each["reason"]) for each in answer["failed_events"]]
    assert ("partial_success", 2) == (answer["status"], answer["summary"]["successful"])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("path", [ONE, MANY])
def test_what_only_python_takes_for_a_number_is_no_json(
    client: TestClient, bearer: Bearer, path: str, number: str
) -> None:
    event = json.dumps(told("load"))[:-1] + f', "n": {number}}}'
    answer = client.post(path, content=event if path == ONE else f"[{event}]", headers=bearer("ana"))

    assert 422 == answer.status_code
    assert [("body", "holds NaN or Infinity, which is no JSON; write null")] == faults(answer)


def test_a_number_that_is_read_as_infinite_is_refused(
    client: TestClient, bearer: Bearer, ana: EmbeddedRegistry
) -> None:
    event = json.dumps(told("load"))[:-1] + ', "n": 1e999}'
    answer = client.post(ONE, content=event, headers=bearer("ana"))

    assert (400, "it holds a number that JSON cannot write, such as NaN or 1e999") == (
        answer.status_code,
        answer.json()["detail"],
    )
    with pytest.raises(InvalidEvent, match="a number that JSON cannot write"):
        ana.record(told("load") | {"n": float("nan")})


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("[]", "application/json", "is no object; write {...}"),
        ("{}", "", "is not said to be JSON; send Content-Type: application/json"),
        ("{", "application/json", "is no JSON from character 2 on"),
        ("", "application/json", "is missing"),
    ],
)
def test_a_body_that_is_no_event_is_told_in_plain_words(
    client: TestClient, bearer: Bearer, body: str, content_type: str, expected: str
) -> None:
    answer = client.post(ONE, content=body, headers=bearer("ana") | {"Content-Type": content_type})

    assert (422, [("body", expected)]) == (answer.status_code, faults(answer))


DEPTHS: list[tuple[Any, Any]] = [
    ({}, None),
    ({"x": deep(MOST_LEVELS - 1)}, None),
    ({"x": deep(MOST_LEVELS)}, ("x", "a", "a", "a")),
    ([1, [deep(MOST_LEVELS)], {"x": 2}], (1, 0, "a", "a")),
    ([[]] * 1000, None),
]


@pytest.mark.parametrize(("value", "expected"), DEPTHS)
def test_the_place_of_what_is_too_deep_is_its_first_steps(value: object, expected: object) -> None:
    assert expected == beyond(value)
