"""Test cases changed in place: only what one permit moved, and every other character as it was."""

import pytest

from meshwright.access.writing import policy_text, with_cases, with_levels, with_policies

TESTS = """\
product: sales.customers   # theirs
cases:
  - name: planning for churn
    principal: team:planning
    purpose: churn
    columns: {email: hidden, born: [hidden], both: "token", customer_id: clear}
  - {name: in one line, principal: team:planning, purpose: churn, columns: {born: hidden}}
  - {name: another purpose, principal: team:planning, purpose: fraud, columns: {email: hidden}}
  - {name: another team, principal: team:desk, purpose: churn, columns: {email: hidden}}
  - {name: no columns, principal: team:planning, purpose: churn}
  - {name: no team, principal: [team:planning], purpose: churn, columns: {email: hidden}}
"""
LEVELS = {"email": "token", "born": "coarse", "both": "token"}


def test_only_cases_of_one_principal_and_purpose_expect_the_new_levels() -> None:
    moved = TESTS.replace("{email: hidden, born: [hidden],", "{email: token, born: [hidden],")
    moved = moved.replace("columns: {born: hidden}", "columns: {born: coarse}")

    assert moved == with_levels(TESTS, "team:planning", "churn", LEVELS)


@pytest.mark.parametrize("text", ["", "cases", "cases: [", "cases: {a: b}", "cases: [a, [b]]", "product: sales.a\n"])
def test_a_file_without_such_cases_stays_as_it_is(text: str) -> None:
    assert text == with_levels(text, "team:planning", "churn", LEVELS)


def test_what_is_appended_stands_below_what_was_there() -> None:
    one, other = ({"name": name, "principal": "ana", "purpose": "fraud"} for name in ("one", "other"))
    first = with_cases(" \n", "sales.customers", [one])

    assert "product: sales.customers\ncases:\n  - name: one\n    principal: ana\n    purpose: fraud\n" == first
    assert f"{first}  - name: other\n    principal: ana\n    purpose: fraud\n" == with_cases(first, "x.y", [other])


def test_policies_are_parted_by_an_empty_line() -> None:
    assert "a;\n\nb;\n\nc;\n" == with_policies("a;\n\n\n", ["b;\n", "c;\n"])
    assert "b;\n\nc;\n" == with_policies(" \n", ["b;\n", "c;\n"])


def test_words_of_any_language_are_written_as_they_are_and_in_their_order() -> None:
    case = {"purpose": "fraud", "principal": "ana", "name": "für Zoë"}

    assert "cases:\n  - purpose: fraud\n    principal: ana\n    name: für Zoë\n" in with_cases("", "sales.a", [case])
    assert '@why("für \\"Zoë\\"")' in policy_text("p1", 'für "Zoë"', ("principal", "action", "resource"))
