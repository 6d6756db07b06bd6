"""Answers under way: they stop with the client, with the rights and with the time, and wait for who reads slowly."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import httpx
import polars as pl
import pytest
from anyio.from_thread import start_blocking_portal
from gateway_lake import ARROW, CENTRAL, CLASSES, ORDERS_CEDAR, PRINCIPALS, PURPOSES, ROWS, Served, frame, serving

from meshwright.access import Decision, policies_of
from meshwright.access.decision import ColumnDecision, RowQuestion, RowRule
from meshwright.ports import PolicyTexts
from meshwright_catalog.gateway.gateway import Gateway
from meshwright_catalog.gateway.reading import shows_less

MANY = 400
NO_QUESTION = RowQuestion("sales.orders", "", "", "")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve so many rows that no buffer on the way holds them, in small pieces."""
    with serving(tmp_path_factory.mktemp("large")) as served:
        rows = pl.concat([frame()] * MANY)
        text = pl.Series("order_no", [f"{n:06}{'x' * 12_000}" for n in range(rows.height)])
        served.publish(rows.with_columns(text))
        served.register()
        yield served


@pytest.fixture
def served(large: Served) -> Iterator[Served]:
    """Give the large lake with its own limits and a new account."""
    gateway, policies = large.gateway, large.policies[0]
    large.limit(batch_rows=40, recheck_seconds=0.0)
    large.account.events.clear()
    yield large
    large.app.state.gateway = gateway
    large.policies[0] = policies
    wait_for(lambda: 2 * len(large.account.outcomes()) >= sum(e[0] != "denied" for e in large.account.events))


def wait_for(reached: object) -> None:
    """Wait until something holds, as long as it takes; the suite's own timeout ends it."""
    assert callable(reached)
    while not reached():
        time.sleep(0.01)


@contextmanager
def started(served: Served, who: str = "ben", accept: str = ARROW) -> Generator[httpx.Response]:
    """Begin an answer and read none of it yet."""
    with (
        httpx.Client(trust_env=False, timeout=60) as client,
        client.stream(
            "POST",
            f"{served.url}/api/v1/products/sales.orders/read",
            json={"purpose": "analytics"},
            headers=served.headers(who, Accept=accept),
        ) as response,
    ):
        yield response


def read_slowly(response: httpx.Response, until: Callable[[], object]) -> None:
    for _ in response.iter_raw():
        if not until():
            time.sleep(0.05)


def keep(parts: Iterator[bytes], got: bytearray) -> None:
    for part in parts:
        got += part


def test_an_answer_stops_when_the_client_goes_away(served: Served) -> None:
    with started(served) as response:
        assert 200 == response.status_code
        next(response.iter_raw())
    wait_for(served.account.outcomes)
    _, _, rows, status = served.account.outcomes()[0]

    assert "left" == status
    assert 0 <= rows < MANY * len(ROWS) / 2
    wait_for(lambda: served.gateway.streams.running == 0)
    assert 0 == served.gateway.streams.threads.borrowed_tokens


def test_a_slow_reader_makes_the_gateway_wait(served: Served) -> None:
    taken: list[int] = []
    streams = served.gateway.streams
    with started(served) as response:
        wait_for(lambda: streams.running == 1 and streams.threads.borrowed_tokens == 0)
        parts = response.iter_raw()
        taken.append(len(next(parts)))
        assert 1 == streams.running
        taken.extend(len(part) for part in parts)
    wait_for(served.account.outcomes)

    assert ("complete", MANY * len(ROWS)) == (served.account.outcomes()[0][3], served.account.outcomes()[0][2])


def test_a_reader_that_takes_nothing_is_given_up(served: Served, lines: StringIO) -> None:
    served.limit(stalled_seconds=0.3)
    with started(served):
        wait_for(lambda: served.account.outcomes() and lines.getvalue())

    assert "cut" == served.account.outcomes()[0][3]
    assert lines.getvalue().endswith("was cut: its client took nothing\n")


def test_an_answer_has_its_time(served: Served, lines: StringIO) -> None:
    served.limit(seconds=0.4)
    with started(served) as response, pytest.raises(httpx.RemoteProtocolError):
        read_slowly(response, served.account.outcomes)
    wait_for(lambda: served.account.outcomes() and lines.getvalue())

    assert "cut" == served.account.outcomes()[0][3]
    assert lines.getvalue().endswith("was cut: it took too long\n")


def test_attack_24_an_answer_that_nobody_takes_is_cut_when_its_rights_end(served: Served) -> None:
    served.limit(stalled_seconds=600)
    with started(served) as response:
        parts = response.iter_raw()  # whose end would close the connection
        next(parts)
        wait_for(lambda: served.gateway.streams.threads.borrowed_tokens == 0)
        served.policies[0] = policies_of(PolicyTexts(*_texts(ben=False)))
        wait_for(served.account.outcomes)

    assert "cut" == served.account.outcomes()[0][3]


@pytest.mark.parametrize("accept", [ARROW, "application/json", "text/csv"])
def test_attack_24_an_answer_is_cut_when_its_rights_end(served: Served, accept: str) -> None:
    got = bytearray()
    with started(served, accept=accept) as response:
        parts = response.iter_raw()
        got += next(parts)
        served.policies[0] = policies_of(PolicyTexts(*_texts(ben=False)))
        with pytest.raises(httpx.RemoteProtocolError):
            keep(parts, got)
    wait_for(served.account.outcomes)
    _, _, rows, status = served.account.outcomes()[0]

    assert "cut" == status
    if accept == "text/csv":
        assert got.count(b"\n") - 1 <= rows  # the audit never tells of fewer than were sent
    assert len(got) < MANY * len(ROWS) * 12_000 * 0.9
    if accept == ARROW:
        pa: Any = import_module("pyarrow")
        with pytest.raises(pa.ArrowInvalid):
            pa.ipc.open_stream(bytes(got)).read_all()


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Keep what we and the server write of requests, traces included."""
    kept = StringIO()
    handler = logging.StreamHandler(kept)
    handler.setLevel(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "meshwright_catalog")]
    for each in loggers:
        each.addHandler(handler)
    yield kept
    for each in loggers:
        each.removeHandler(handler)


def test_a_cut_is_one_line_of_ours_without_a_trace(served: Served, lines: StringIO) -> None:
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        served.policies[0] = policies_of(PolicyTexts(*_texts(ben=False)))
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
    name = response.headers["X-Request-ID"]
    wait_for(lambda: served.gateway.streams.running == 0 and lines.getvalue())

    [told] = lines.getvalue().splitlines()
    assert told.startswith(f"the answer to request {name} was cut: ")
    assert "no product" not in told


def test_an_error_on_the_way_is_one_line_of_ours_without_its_words(
    served: Served, lines: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        monkeypatch.setattr(Gateway, "require_still", _fail)
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
    name = response.headers["X-Request-ID"]
    wait_for(lambda: served.gateway.streams.running == 0 and lines.getvalue())

    assert [f"the answer to request {name} was cut: ValueError"] == lines.getvalue().splitlines()
    assert "failed" == served.account.outcomes()[0][3]


@pytest.mark.parametrize("after", ["http.response.start", "http.response.body"])
def test_a_service_that_stops_cuts_its_answers_in_one_line_each(served: Served, lines: StringIO, after: str) -> None:
    body = json.dumps({"purpose": "analytics"}).encode()
    headers = {**served.headers("ben", Accept=ARROW), "Host": "127.0.0.1", "Content-Type": "application/json"}
    sent: list[str] = []

    async def stopped() -> None:
        reached, waiting = asyncio.Event(), asyncio.Event()
        brought = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            return next(brought, None) or await waiting.wait()

        async def send(message: Any) -> None:
            sent.append(message["type"])
            if message["type"] == after:
                reached.set()
                await waiting.wait()

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/products/sales.orders/read",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        answering = asyncio.create_task(served.app(scope, receive, send))
        await reached.wait()
        while not answering.done():  # uvicorn does it once to what is not done in time, asyncio again at its end
            answering.cancel()
            await asyncio.sleep(0)

    with start_blocking_portal() as portal:  # a loop of its own: that of this thread may be running, for a browser
        portal.call(stopped)

    [told] = lines.getvalue().splitlines()
    assert re.fullmatch(r"request [0-9a-f-]{36} was cut: the service stops", told)
    assert after == sent[-1]
    assert ["cut"] == [outcome[3] for outcome in served.account.outcomes()]


@pytest.mark.parametrize(("minutes", "status"), [(64, "complete"), (66, "cut")])
def test_attack_24_an_answer_outlives_its_token_by_five_minutes_and_no_longer(
    served: Served, lines: StringIO, minutes: int, status: str
) -> None:
    began = served.clock.now
    with started(served) as response:
        parts = response.iter_raw()
        got = len(next(parts))
        served.clock.now = began + timedelta(minutes=minutes)  # the token holds for an hour
        try:
            got += sum(len(part) for part in parts)
        except httpx.RemoteProtocolError:
            got = -got
    served.clock.now = began
    wait_for(served.account.outcomes)
    wait_for(lambda: status == "complete" or lines.getvalue())

    assert (status, status == "complete") == (served.account.outcomes()[0][3], got > 0)
    assert (status == "cut") == ("it ended while the answer was under way" in lines.getvalue())


def test_a_token_that_ended_begins_no_answer(served: Served) -> None:
    headers, began = served.headers("ben"), served.clock.now
    served.clock.now = began + timedelta(minutes=61)
    url = f"{served.url}/api/v1/products/sales.orders/read"
    answer = httpx.post(url, json={"purpose": "analytics", "limit": 1}, headers=headers, trust_env=False, timeout=60)
    served.clock.now = began

    assert 401 == answer.status_code


def _fail(*_: object) -> None:
    raise ValueError("ana@beispiel.example")


def test_an_answer_goes_on_when_other_rules_change(served: Served) -> None:
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        more = 'permit(principal, action == Mesh::Action::"discover", resource);'
        served.policies[0] = policies_of(PolicyTexts(*_texts(central=f'@id("x") @why("all may find") {more}')))
        rest = sum(len(part) for part in parts)
    wait_for(served.account.outcomes)

    assert rest > 1_000_000
    assert "complete" == served.account.outcomes()[0][3]


def _texts(*, ben: bool = True, central: str = "") -> tuple[str, str, str, str]:
    people = PRINCIPALS if ben else PRINCIPALS.replace('[users.ben]\nteams = ["planning"]\n', "")
    return CLASSES, PURPOSES, people, CENTRAL + central


def test_attack_35_nobody_reads_more_at_once_than_their_share(served: Served) -> None:
    served.limit(streams_each=2)
    served.app.state.gateway.streams._limits = served.gateway.limits
    with started(served), started(served):
        wait_for(lambda: served.gateway.streams.running == 2)
        refused = served.ask({"limit": 1})
        another = served.ask({"limit": 1, "purpose": "operations"}, "ana")

        assert (429, "5") == (refused.status_code, refused.headers["Retry-After"])
        assert 200 == another.status_code
    wait_for(lambda: served.gateway.streams.running == 0)
    assert 200 == served.ask({"limit": 1}).status_code


def test_classified_values_are_not_shown_in_the_clear_while_no_audit_is_kept(served: Served) -> None:
    served.account.broken = True
    try:
        clear = served.ask({"limit": 1, "purpose": "operations"}, "ana")
        filtered = served.ask(
            {
                "columns": ["paid"],
                "limit": 1,
                "purpose": "operations",
                "filter": {"op": "is_null", "column": "email"},
            },
            "ana",
        )
        masked = served.ask({"limit": 1})
        unclassified = served.ask({"columns": ["paid"], "limit": 1, "purpose": "operations"}, "ana")
    finally:
        served.account.broken = False

    assert [503, 503, 200, 200] == [r.status_code for r in (clear, filtered, masked, unclassified)]
    assert [] == served.account.events


def test_the_account_holds_no_value(served: Served) -> None:
    both = {
        "op": "and",
        "of": [
            {"op": "eq", "column": "email", "value": "ana@x.example"},
            {"op": "is_in", "column": "quantity", "values": [41, 42]},
        ],
    }
    served.ask({"filter": {"op": "not", "of": both}, "columns": ["born"], "limit": 3})
    wait_for(served.account.outcomes)
    facts = served.account.events[0][1]

    assert ("user:ben", "analytics", "sales.orders", "1.2.0", 0) == (
        facts.principal,
        facts.purpose,
        facts.product,
        facts.contract,
        facts.version,
    )
    assert {"born": "coarse", "email": "token", "quantity": "clear"} == dict(facts.levels)
    assert "ana@x" not in facts.filter
    assert "42" not in facts.filter
    assert '"value": "str"' in facts.filter


def test_an_answer_is_cut_when_the_product_is_registered_with_fewer_rights(served: Served) -> None:
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        served.register(policies=ORDERS_CEDAR.replace("see_token", "see_coarse"))
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
    wait_for(served.account.outcomes)
    served.register()

    assert "cut" == served.account.outcomes()[0][3]


def _rows_below(most: int) -> str:
    """Permit orders of fewer pieces."""
    return f"""
@id("sales.orders.rows") @why("small orders only")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders")
when {{ resource has quantity && resource.quantity < {most} }};
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [("", _rows_below(9)), (_rows_below(9), _rows_below(3)), (_rows_below(3), _rows_below(9))],
    ids=["first row policy", "narrowed", "another choice"],
)
def test_attack_24_an_answer_is_cut_when_other_rows_are_to_be_shown(served: Served, before: str, after: str) -> None:
    served.register(policies=ORDERS_CEDAR + before)
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        served.register(policies=ORDERS_CEDAR + after)
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
    wait_for(served.account.outcomes)
    served.register()

    assert "cut" == served.account.outcomes()[0][3]


def test_an_answer_is_cut_when_its_reader_moves_to_another_domain_where_tokens_are_others(served: Served) -> None:
    with started(served) as response:
        parts = response.iter_raw()
        next(parts)
        moved = PRINCIPALS.replace(
            '[users.ben]\nteams = ["planning"]', '[users.ben]\ndomain = "x"\nteams = ["planning"]'
        )
        served.policies[0] = policies_of(PolicyTexts(CLASSES, PURPOSES, moved, CENTRAL))
        with pytest.raises(httpx.RemoteProtocolError):
            list(parts)
    wait_for(served.account.outcomes)

    assert "cut" == served.account.outcomes()[0][3]


EMAILS = {"email": ColumnDecision("token", ("token",))}
SHOWN = Decision("sales.orders", "user:ben", "analytics", scope="supply_chain/analytics", read=True, columns=EMAILS)


@pytest.mark.parametrize(
    ("now", "less"),
    [
        (replace(SHOWN, scope="finance/analytics"), True),
        (replace(SHOWN, rows=RowRule((), (), NO_QUESTION)), True),
        (replace(SHOWN, columns={}), True),
        (replace(SHOWN, ask="nothing"), False),
    ],
    ids=["scope", "rows", "level", "hint"],
)
def test_another_scope_of_tokens_or_choice_of_rows_is_less_than_an_answer_shows(now: Decision, less: bool) -> None:
    assert less == shows_less(now, SHOWN, {"email": "token"})
