"""A decision that crosses the network: what is told of it is all that explaining it needs."""

from dataclasses import replace

import pytest

from meshwright.access import (
    ColumnDecision,
    Decision,
    PolicyReference,
    RowCondition,
    RowRule,
    explain,
)
from meshwright.access.decision import ALWAYS, Missing, RowQuestion
from meshwright.access.telling import heard, told
from meshwright.masks import Mask
from meshwright.registry import AccessAnswer

BY = (PolicyReference("sales.a", "to plan"), PolicyReference("sales.b"))
MISSING = (
    Missing("clear", "forbidden", BY[:1]),
    Missing("coarse", "permit", BY[1:], "fraud", "team desk", "before 2026-12-31 00:00 UTC"),
)
COLUMNS = {
    "id": ColumnDecision("clear", ("clear",), BY[:1]),
    "email": ColumnDecision(
        "token", ("token",), BY, "mesh access allow", ("clear",), ("pii",), Mask("email"), missing=MISSING
    ),
}
SHOWN = RowCondition(BY[0], "permit", '{"Var": "resource"}', "resource.permit")
EVERY = RowCondition(BY[0], "permit", ALWAYS, "true")
HIDDEN = RowCondition(BY[1], "forbid", '{"Var": "resource"}', "resource.forbid")
RULE = RowRule((SHOWN, HIDDEN), ("region",), RowQuestion("sales.orders", "{}", "permit(...)", "{}"))


def decision(*, read: bool = True, problem: str = "", rows: RowRule | None = None) -> Decision:
    columns = COLUMNS if read else {}
    facts = ("sales.orders", "user:ana", "churn", "desk", "sales/churn", True, read)
    found = Decision(*facts, columns, BY, "" if read else "mesh access request", problem, "5ac0", rows)
    return found if read else replace(found, missing=(Missing("read", "purpose", purpose="fraud"),))


@pytest.mark.parametrize(
    "found",
    [
        decision(),
        decision(rows=RULE),
        decision(rows=RowRule((), (), RULE.asked)),
        decision(rows=RowRule((EVERY,), (), RULE.asked)),
        decision(read=False),
        decision(read=False, problem="unknown purpose 'churn'"),
    ],
    ids=["every row", "some rows", "no row", "every row by a policy", "denied", "at fault"],
)
def test_what_is_heard_is_explained_as_what_was_decided(found: Decision) -> None:
    there = heard(AccessAnswer.model_validate_json(told(found).model_dump_json()))

    assert explain(found) == explain(there)
    assert found.rows_shown == there.rows_shown


def test_what_is_told_names_each_column_with_its_classes_and_the_policies_that_decided() -> None:
    answer = told(decision(rows=RULE))

    assert ["id", "email"] == [column.path for column in answer.columns]
    assert ("5ac0", [("sales.a", "to plan"), ("sales.b", "")]) == (answer.policies, [(p.id, p.why) for p in answer.by])
    assert ((), ("pii",)) == tuple(column.classes for column in answer.columns)
    assert ("5ac0", ("pii",)) == (heard(answer).policies, heard(answer).column("email").classes)
    assert BY == heard(answer).by


def test_what_is_missing_is_heard_as_it_was_told() -> None:
    shown, denied = (heard(told(decision(read=read))) for read in (True, False))

    assert MISSING == shown.column("email").missing
    assert (Missing("read", "purpose", purpose="fraud"),) == denied.missing


def test_neither_masks_nor_questions_about_rows_are_told() -> None:
    sent = told(decision(rows=RULE)).model_dump_json()

    assert [] == [word for word in ("sales/churn", "permit(...)", '"Var"', '"mask"') if word in sent]
