"""Tests of the mesh's own policies: on a product that is made up, with policies of its own that try what may not be."""

import json
from datetime import datetime
from typing import Any

import pytest

from meshwright.access import Policies
from meshwright.access.mesh_cases import run_mesh_tests

FILE = "policies/tests/secrets.yaml"
TRIES = """
@id("any.thing.tries") @why("what no product may do")
permit(principal in Mesh::Team::"desk", action == Mesh::Action::"see_clear", resource in Mesh::Class::"secret");
"""
OPENS = """
@id("any.thing.opens") @why("the desk calls people")
permit(principal in Mesh::Team::"desk", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii");
"""


def problems(rules: Policies, now: datetime, case: dict[str, Any], **changed: Any) -> list[tuple[str, str]]:
    whole = {"name": "a", "principal": "ana", "purpose": "fraud", **case}
    columns = {"id": [], "mail": ["pii.contact.email"], "password": ["secret"]}
    file = {"product": "sales.thing", "columns": columns, "cases": [whole], **changed}
    count, failed = run_mesh_tests("secrets", json.dumps(file), {"sales.customers"}, rules, now)

    assert len(failed) <= count
    return [(each.where, each.problem) for each in failed]


def test_what_the_mesh_promises_about_every_product_is_tried_on_one_that_is_made_up(
    policies: Policies, now: datetime
) -> None:
    own = {"discover": True, "read": True, "columns": {"id": "clear", "mail": "hidden", "password": "hidden"}}
    other = {"principal": "ben", "purpose": "analytics", "discover": False, "read": False}

    assert [] == problems(policies, now, own)
    assert [] == problems(policies, now, own, policies=TRIES)
    assert [] == problems(policies, now, other)


def test_policies_that_the_product_is_given_decide_beside_those_of_the_mesh(policies: Policies, now: datetime) -> None:
    opened = {"columns": {"mail": "clear", "password": "hidden"}}

    assert [] == problems(policies, now, opened, policies=OPENS + TRIES)
    assert [(f"{FILE}: a", "mail is hidden, expected clear")] == problems(policies, now, opened, policies=TRIES)


def test_a_promise_that_the_mesh_does_not_keep_is_told(policies: Policies, now: datetime) -> None:
    found = problems(policies, now, {"read": False, "columns": {"password": "clear"}}, policies=TRIES)

    assert [(f"{FILE}: a", "read is granted, expected denied; password is hidden, expected clear")] == found


@pytest.mark.parametrize(
    ("changed", "where", "problem"),
    [
        ({"product": "sales.customers"}, FILE, "sales.customers is a product of the mesh, and tested beside its own"),
        ({"product": "anything"}, FILE, "'anything'"),
        ({"columns": {}}, FILE, "columns: "),
        ({"columns": {"id": ["secrte"]}}, FILE, "unknown class 'secrte'; did you mean 'secret'?"),
        ({"policies": "permit("}, f"{FILE}: policies:1", ""),
        ({"policies": OPENS.replace('Class::"pii"', 'Class::"pie"')}, f"{FILE}: policies:2: any.thing.opens", "'pie'"),
        ({"policies": OPENS.replace("any.thing.opens", "mesh.secret.never")}, f"{FILE}: policies", "2 policies have"),
        ({"cases": []}, FILE, "has no cases"),
    ],
)
def test_a_file_that_cannot_be_decided_about_is_one_failed_case(
    policies: Policies, now: datetime, changed: dict[str, Any], where: str, problem: str
) -> None:
    ((found, told),) = problems(policies, now, {"read": True}, **changed)

    assert where == found
    assert problem in told
