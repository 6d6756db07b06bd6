"""Whatever is asked under whatever policies: hidden cells change no byte, and the rows are those of a slow reader.

`scripts/hunt-interference` draws cases until it is stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import interference
import polars as pl
import pytest
from interference import Lake, Verdict, two_lakes, verdicts

from meshwright.access import permitted_rows
from meshwright.io.delta import DeltaSnapshot
from meshwright.io.keys import MasterKeys
from meshwright.read.pipeline import Plan
from meshwright_catalog.gateway.reading import Reading

Lakes = tuple[Lake, Lake]
QUICK = range(4)


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lakes]:
    with two_lakes(tmp_path_factory.mktemp("lakes")) as found:
        yield found


def judged(lakes: Lakes, seeds: Sequence[int]) -> Iterator[tuple[int, Verdict]]:
    return ((seed, verdict) for seed in seeds for verdict in verdicts(lakes, interference.case(seed)))


def broken(found: Sequence[tuple[int, Verdict]]) -> list[str]:
    """Say what a case asked and what was wrong, so that its seed tells the whole story again."""
    return [
        f"seed {seed}: {verdict.question.body}: {problem}" for seed, verdict in found for problem in verdict.problems
    ]


def test_hidden_cells_change_no_byte_and_rows_are_masked_before_anything_else(lakes: Lakes) -> None:
    found = list(judged(lakes, QUICK))

    assert [] == broken(found)
    assert sum(verdict.answered for _, verdict in found) >= 0.7 * len(found)


@pytest.mark.slow
@pytest.mark.parametrize("start", [1_075, 1_175, 1_200])
def test_hidden_cells_change_no_byte_in_many_more_cases(lakes: Lakes, start: int) -> None:
    found = list(judged(lakes, range(start, start + 25)))

    assert [] == broken(found)
    assert sum(verdict.answered for _, verdict in found) >= 0.7 * len(found)


def test_the_questions_are_of_every_kind() -> None:
    cases = [interference.case(seed) for seed in range(40)]
    asked = [question for case in cases for question in case.questions]
    words = {word for question in asked for word in question.body}
    operators = {op for question in asked for op in operators_of(question.body.get("filter", {}))}
    functions = {each["function"] for question in asked for each in question.body.get("aggregate", {"of": []})["of"]}

    assert {"columns", "levels", "filter", "order_by", "limit", "aggregate", "version"} == words
    assert {"eq", "ne", "lt", "le", "gt", "ge", "is_in", "is_null", "starts_with", "and", "or", "not"} == operators
    assert {"count", "sum", "mean", "min", "max"} == functions
    assert (4, 2) == (len({question.form for question in asked}), len({question.packed for question in asked}))
    assert {"permit", "forbid"} == {rule.effect for case in cases for rule in case.rules if rule.rows}
    assert all(any(case.access.hidden for case in cases[at : at + 4]) for at in range(0, 40, 4))


def operators_of(condition: Any) -> Iterator[str]:
    if condition:
        yield condition["op"]
        inner = condition.get("of", [])
        yield from (op for each in ([inner] if "op" in inner else inner) for op in operators_of(each))


Plant = Callable[[pytest.MonkeyPatch, Lakes], None]


def filter_by_raw_values(patch: pytest.MonkeyPatch, _: Lakes) -> None:
    whole = Plan.of

    def of(plan: Any, frame: pl.LazyFrame) -> pl.LazyFrame:
        condition = plan._condition
        return whole(replace(plan, _condition=None), frame if condition is None else frame.filter(condition))

    patch.setattr(Plan, "of", of)


def sort_by_raw_values(patch: pytest.MonkeyPatch, _: Lakes) -> None:
    whole = Plan.of

    def of(plan: Any, frame: pl.LazyFrame) -> pl.LazyFrame:
        if plan._groups is not None or plan._order is None:
            return whole(plan, frame)
        found = permitted_rows(frame, plan._spec, plan._decision.rows)
        return whole(replace(plan, _order=None), found.sort(**plan._order, nulls_last=True, maintain_order=True))

    patch.setattr(Plan, "of", of)


def say_how_large_the_table_is(patch: pytest.MonkeyPatch, _: Lakes) -> None:
    headers: Any = Reading.headers

    def told(reading: Any) -> dict[str, str]:
        size = pl.DataFrame(reading.found._opened.get_add_actions(flatten=True))["size_bytes"].sum()
        return {**headers.fget(reading), "Mesh-Size": str(size)}

    patch.setattr(Reading, "headers", property(told))


def leave_out_rows_that_lack_a_hidden_value(patch: pytest.MonkeyPatch, _: Lakes) -> None:
    batches = DeltaSnapshot.batches

    def whole_rows(snapshot: DeltaSnapshot, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
        found = batches(snapshot, list(snapshot.schema), rows)
        return (piece.filter(pl.col("weight").is_not_null()).select(columns) for piece in found)

    patch.setattr(DeltaSnapshot, "batches", whole_rows)


def give_every_scope_one_key(patch: pytest.MonkeyPatch, _: Lakes) -> None:
    key = MasterKeys.key

    def one_key(keys: MasterKeys, _: str) -> tuple[str, str]:
        return key(keys, "sales/operations")

    patch.setattr(MasterKeys, "key", one_key)


def tell_of_groups_of_one(patch: pytest.MonkeyPatch, lakes: Lakes) -> None:
    for lake in lakes:
        gateway = lake.served.gateway
        patch.setattr(
            lake.served.app.state, "gateway", replace(gateway, limits=replace(gateway.limits, smallest_group=1))
        )


ROWS, HEADERS, BYTES = "the rows are not", "the headers changed", "the bytes of the answer changed"
PLANTS: list[tuple[Plant, str]] = [
    (filter_by_raw_values, ROWS),
    (sort_by_raw_values, ROWS),
    (say_how_large_the_table_is, HEADERS),
    (leave_out_rows_that_lack_a_hidden_value, BYTES),
    (give_every_scope_one_key, ROWS),
    (tell_of_groups_of_one, ROWS),
]


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "sign"), PLANTS, ids=[plant.__name__ for plant, _ in PLANTS])
def test_a_planted_leak_is_noticed(lakes: Lakes, plant: Plant, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lakes)
    problems = (problem for _, verdict in judged(lakes, range(30)) for problem in verdict.problems)

    assert any(problem.startswith(sign) for problem in problems)
