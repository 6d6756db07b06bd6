"""What a catalog remembers is bounded by bytes, and what was kept longest ago goes first."""

from meshwright.spec import ColumnSpec, ScalarType, Spec
from meshwright_catalog.known import DECISIONS, OUTLINES, Known
from meshwright_catalog.weighed import Weighed


def spec(number: int, columns: int) -> Spec:
    text = ScalarType(kind="string")
    named = tuple(ColumnSpec(name=f"c{i}", type=text, classes=("pii.name",)) for i in range(columns))
    return Spec(id=f"sales.p{number}", version="1.0.0", owner="desk", columns=named)


def test_what_was_kept_longest_ago_is_let_go_of_first() -> None:
    memory = Weighed[str, int](10)
    for name in "abc":
        memory.keep(name, 1, 5)

    assert [None, 1, 1] == [memory.get(name) for name in "abc"]


def test_what_is_kept_anew_weighs_what_it_weighs_now() -> None:
    memory = Weighed[str, int](10)
    for weight in (9, 2, 6):
        memory.keep("a", weight, weight)
    memory.keep("b", 4, 4)

    assert (6, 4) == (memory.get("a"), memory.get("b"))


def test_what_is_too_heavy_is_not_kept_and_drives_nothing_out() -> None:
    memory = Weighed[str, int](10)
    memory.keep("a", 1, 10)

    assert 2 == memory.keep("b", 2, 11)
    assert (1, None) == (memory.get("a"), memory.get("b"))


def test_few_wide_contracts_are_remembered_where_many_narrow_ones_would_be() -> None:
    known, wide = Known(), spec(0, 2_000)
    rounds = OUTLINES // known.keep_outline("0", wide).weight + 1
    for number in range(1, rounds + 1):
        known.keep_outline(str(number), wide)

    assert known.outline("0") is None
    assert wide.domain == known.keep_outline("again", wide).domain
    assert known.outline(str(rounds)) is not None


def test_decisions_of_whom_was_asked_longest_ago_are_let_go_of_first() -> None:
    known, each = Known(), 20_000
    callers = DECISIONS // (each * 300) + 1
    decided = {(str(number), "p") for number in range(each)}
    for caller in range(callers):
        known.keep_decisions(caller, decided)

    assert frozenset() == known.decisions(0)
    assert decided == known.decisions(callers - 1)


def test_decisions_on_one_basis_add_up_and_without_a_basis_none_is_remembered() -> None:
    known = Known()
    for basis, decision in (("a", ("1", "p")), ("a", ("2", "p")), (None, ("3", "p"))):
        known.keep_decisions(basis, {decision})

    assert {("1", "p"), ("2", "p")} == known.decisions("a")
    assert frozenset() == known.decisions(None)
