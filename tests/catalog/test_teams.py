"""What the catalog keeps of the teams that tokens name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from gateway_lake import Clock
from sqlalchemy import Connection, Engine, event

from meshwright.access import Policies, Principal
from meshwright.access.principals import Members
from meshwright_catalog.database import open_database, reading
from meshwright_catalog.settings import Settings
from meshwright_catalog.teams.book import TeamBook

LASTS = timedelta(days=30)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    found = open_database(settings.database)
    yield found
    found.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> TeamBook:
    return TeamBook(clock, LASTS)


def token(policies: Policies, at: datetime, *teams: str, name: str = "ana") -> Principal:
    return replace(policies.principals.member(name, teams), issued_at=at)


def members(book: TeamBook, engine: Engine, policies: Policies) -> Members:
    with reading(engine) as session:
        book.follow(session)
    found = book.over(lambda: policies)().principals.claimed
    assert found is not None
    return found


def teams(book: TeamBook, engine: Engine, policies: Policies) -> dict[str, tuple[str, ...]]:
    return {name: who.teams for name, who in members(book, engine, policies).users.items()}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([(0, ["order-desk"]), (1, ["planning"])], ("planning",)),
        ([(1, ["planning"]), (0, ["order-desk"])], ("planning",)),
        ([(0, ["order-desk"]), (1, list[str]())], ()),
        ([(0, ["order-desk", "planning"]), (0, ["planning"])], ("planning",)),
        ([(0, ["planning"]), (0, ["order-desk", "planning"])], ("planning",)),
        ([(0, ["planning"]), (0, ["order-desk"]), (0, ["planning"])], ()),
    ],
)
@pytest.mark.parametrize("followed", [True, False])
def test_the_newest_token_counts_in_whatever_order_they_are_shown(
    book: TeamBook,
    engine: Engine,
    policies: Policies,
    clock: Clock,
    shown: list[tuple[int, list[str]]],
    *,
    expected: tuple[str, ...],
    followed: bool,
) -> None:
    for seconds, named in shown:
        book.note(engine, token(policies, clock() + timedelta(seconds=seconds), *named), policies.principals.teams)
        if followed:
            members(book, engine, policies)

    assert {"ana": expected} == teams(book, engine, policies)
    assert {"ana": expected} == teams(TeamBook(clock, LASTS), engine, policies)


def test_a_token_is_written_once_and_rules_stay_the_same_while_nobody_moves(
    book: TeamBook, engine: Engine, policies: Policies, clock: Clock
) -> None:
    written: list[str] = []

    def begun(connection: Connection) -> None:
        written.append(str(connection.get_execution_options()))

    event.listen(engine, "begin", begun)
    first, second = (
        token(policies, clock(), "order-desk"),
        token(policies, clock() + timedelta(minutes=5), "order-desk"),
    )
    seen: list[Members] = []
    for each in (first, first, second, first, second):
        book.note(engine, each, policies.principals.teams)
        seen.append(members(book, engine, policies))

    assert 2 == sum("'writes': True" in each for each in written)
    assert all(each is seen[0] for each in seen)


def test_what_a_token_said_counts_for_a_time_and_a_team_is_known_to_be_empty_after_it(
    book: TeamBook, engine: Engine, policies: Policies, clock: Clock
) -> None:
    start = clock()
    book.note(engine, token(policies, start, "order-desk"), policies.principals.teams)
    found: list[tuple[list[str], bool]] = []
    for moment in (start, start + LASTS - timedelta(seconds=1), start + LASTS):
        clock.now = moment
        now = members(book, engine, policies)
        found.append(([*now.users], now.settled))
    book.note(engine, token(policies, clock(), "planning", name="ben"), policies.principals.teams)
    after = members(book, engine, policies)

    assert [(["ana"], False), (["ana"], False), ([], True)] == found
    assert (["ben"], True) == ([*after.users], after.settled)


def test_who_left_the_mesh_and_who_is_no_claim_are_in_no_team(
    book: TeamBook, engine: Engine, policies: Policies, clock: Clock
) -> None:
    book.note(engine, token(policies, clock(), "order-desk"), policies.principals.teams)
    book.note(engine, policies.principals.users["ben"], policies.principals.teams)
    known = policies.principals
    without = replace(known, alone={name: who for name, who in known.alone.items() if name != "ana"})

    assert ["ana"] == [*teams(book, engine, policies)]
    assert {} == teams(book, engine, replace(policies, principals=without))
