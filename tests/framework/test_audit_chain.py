"""The chain of audit events: whatever is changed is found, and nothing that was not."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.audit import GENESIS, AuditHead, AuditRecord, canonical, link, verify

Records = list[AuditRecord]
CATALOG = "11111111-1111-1111-1111-111111111111"

words = st.text("abcdefghij.:", max_size=8)
json_facts = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | words, lambda x: st.lists(x, max_size=3))
events = st.tuples(words, words, words, words, st.dictionaries(words, json_facts, max_size=3))
chains = st.lists(events, min_size=1, max_size=8).map(lambda drawn: chained([bare(*each) for each in drawn]))


def bare(kind: str, principal: str, product: str, request: str, facts: Mapping[str, object]) -> AuditRecord:
    given = {"kind": kind, "principal": principal, "product": product, "request": request, "facts": facts}
    return AuditRecord.model_validate({"sequence": 0, "at": "2026-11-20T12:00:00.000000+00:00", "hash": "", **given})


def chained(records: Records, previous: str = GENESIS, first: int = 1) -> Records:
    """Number and hash events anew, as whoever writes the database could."""
    made: Records = []
    for number, record in enumerate(records, first):
        numbered = record.model_copy(update={"sequence": number})
        made.append(numbered.model_copy(update={"hash": link(previous, numbered)}))
        previous = made[-1].hash
    return made


def head(records: Records) -> AuditHead:
    return AuditHead(catalog=CATALOG, sequence=len(records), hash=records[-1].hash if records else GENESIS)


@given(chains, st.integers(0, 8))
def test_a_chain_that_nobody_touched_holds_against_every_head_it_ever_had(chain: Records, at: int) -> None:
    earlier = head(chain[: min(at, len(chain))])

    verdict = verify(chain, [head(chain), earlier])

    assert (len(chain), ()) == (verdict.events, verdict.breaks)


FIELDS = ["sequence", "at", "kind", "principal", "product", "request", "facts", "hash"]


def edited(chain: Records, at: int, other: int) -> Records:
    field = FIELDS[other % len(FIELDS)]
    old = getattr(chain[at], field)
    new = {"sequence": chain[at].sequence + 1, "facts": {**chain[at].facts, "rows": 7_000_000}}.get(field, f"{old}!")
    return [*chain[:at], chain[at].model_copy(update={field: new}), *chain[at + 1 :]]


def deleted(chain: Records, at: int, _: int) -> Records:
    return [*chain[:at], *chain[at + 1 :]]


def swapped(chain: Records, at: int, other: int) -> Records:
    made = list(chain)
    made[at], made[other % len(made)] = made[other % len(made)], made[at]
    return made


def swapped_and_renumbered(chain: Records, at: int, other: int) -> Records:
    made = swapped(chain, at, other)
    return [record.model_copy(update={"sequence": n}) for n, record in enumerate(made, 1)]


def truncated(chain: Records, at: int, _: int) -> Records:
    return chain[:at]


def inserted(chain: Records, at: int, _: int) -> Records:
    return [*chain[:at], bare("intent", "user:eve", "sales.orders", "", {}), *chain[at:]]


def inserted_in_place(chain: Records, at: int, _: int) -> Records:
    """Put an event in that fits the one before it, and move the numbers of those behind."""
    extra = chained([bare("intent", "user:eve", "sales.orders", "", {})], _hash_before(chain, at), at + 1)
    moved = [r.model_copy(update={"sequence": r.sequence + 1}) for r in chain[at:]]
    return [*chain[:at], *extra, *moved]


def rewritten(chain: Records, at: int, other: int) -> Records:
    """Change an event and hash all behind it anew: only a head kept elsewhere shows it."""
    changed = edited(chain, at, 2 + other % 5)
    return [*chain[:at], *chained(changed[at:], _hash_before(chain, at), at + 1)]


def rewritten_shorter(chain: Records, at: int, _: int) -> Records:
    return [*chain[:at], *chained(chain[at + 1 :], _hash_before(chain, at), at + 1)]


def _hash_before(chain: Records, at: int) -> str:
    return chain[at - 1].hash if at else GENESIS


TAMPERING = [
    edited,
    deleted,
    swapped,
    swapped_and_renumbered,
    truncated,
    inserted,
    inserted_in_place,
    rewritten,
    rewritten_shorter,
]


@pytest.mark.parametrize("tamper", TAMPERING)
@given(chain=chains, at=st.integers(0, 7), other=st.integers(0, 7))
def test_tampering_is_found_against_an_exported_head(
    tamper: Callable[[Records, int, int], Records], chain: Records, at: int, other: int
) -> None:
    touched = tamper(chain, at % len(chain), other)

    verdict = verify(touched, [head(touched), head(chain)])

    assert (touched != chain) == bool(verdict.breaks)


@pytest.mark.parametrize("tamper", [edited, deleted, swapped, swapped_and_renumbered, inserted])
@given(chain=chains, at=st.integers(0, 7), other=st.integers(0, 7))
def test_tampering_that_leaves_the_hashes_is_found_without_one(
    tamper: Callable[[Records, int, int], Records], chain: Records, at: int, other: int
) -> None:
    touched = tamper(chain, at % len(chain), other)

    verdict = verify(touched, [head(chain)])

    assert (touched != chain) == bool(verdict.breaks)


def test_an_intent_without_an_outcome_is_told_and_is_no_break() -> None:
    chain = chained(
        [
            bare("intent", "user:ana", "sales.orders", "r-1", {}),
            bare("intent", "user:ben", "sales.orders", "r-2", {}),
            bare("outcome", "user:ana", "sales.orders", "r-1", {"intent": 1, "rows": 3}),
        ]
    )

    verdict = verify(chain, [head(chain)])

    assert ((), [2]) == (verdict.breaks, [record.sequence for record in verdict.no_outcome])


def test_an_event_has_one_text_whatever_the_order_of_its_facts() -> None:
    assert '{"a":[1,null,true],"b":"\\u00e9"}' == canonical({"b": "é", "a": [1, None, True]})
    with pytest.raises(ValueError, match="whole"):
        canonical({"rows": [1, {"share": 0.5}]})
