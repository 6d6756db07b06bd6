"""Events on their way: to a journal, the catalog and a receiver that may be slow, fussy or gone."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from receiver import AT, NOWHERE, Receiver, leave_unconfigured, listening, run

from meshwright.errors import CatalogUnavailable, ForeignDomain, InvalidEvent
from meshwright.events import WrittenFacts, complete, start
from meshwright.io.openlineage import TIMEOUT_SECONDS, EventRecorder, event_recorder
from meshwright.ports import Event


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def _no_configuration_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_unconfigured(monkeypatch, tmp_path)


def journal(state: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (state / "events.ndjson").read_text().splitlines()]


def record(recorder: EventRecorder, *events: Event) -> None:
    """Record events, and wait until they are on their way or kept."""
    for event in events:
        recorder.record(event)
    recorder.wait()


def without_tags(event: Any) -> Any:
    """Leave out what openlineage-python adds: its own version as a tag of the run, and the repository of the code."""
    plain = json.loads(json.dumps(event))
    plain["run"]["facets"].pop("tags", None)
    plain["job"]["facets"].pop("sourceCodeLocation", None)
    return plain


def test_without_any_setting_events_go_to_the_journal_and_the_catalog(tmp_path: Path) -> None:
    taken: list[Event] = []
    recorder = event_recorder(tmp_path / ".mesh", taken.append)
    events = [start(run()), complete(run(), WrittenFacts(version=0, rows=1, bytes=2, files=1), AT)]

    for event in events:
        recorder.record(event)

    assert events == taken == journal(tmp_path / ".mesh")
    assert {"catalog": 0} == recorder.waiting()
    assert 0o600 == (tmp_path / ".mesh" / "events.ndjson").stat().st_mode & 0o777


def test_a_receiver_gets_the_very_event_compressed_and_with_its_key(tmp_path: Path, receiver: Receiver) -> None:
    auth = {"type": "api_key", "apiKey": "opensesame"}
    settings = {"type": "http", "url": receiver.url, "compression": "gzip", "auth": auth}
    event = complete(run(), WrittenFacts(version=0, rows=1, bytes=2, files=1), AT)

    record(event_recorder(tmp_path, settings=settings), event)

    [headers] = receiver.headers
    assert [event] == [without_tags(e) for e in receiver.events]
    assert ("gzip", "Bearer opensesame") == (headers["Content-Encoding"], headers["Authorization"])
    assert "/api/v1/lineage" == headers["path"]


def test_the_standard_variables_are_enough(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", receiver.url)
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "opensesame")
    monkeypatch.setenv("OPENLINEAGE_ENDPOINT", "ingest")

    record(event_recorder(tmp_path), start(run(7)))

    assert [7] == receiver.runs
    assert ("/ingest", "Bearer opensesame") == (receiver.headers[0]["path"], receiver.headers[0]["Authorization"])


def test_a_key_from_the_environment_joins_the_address_from_the_workspace(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__AUTH", '{"type": "api_key", "apiKey": "opensesame"}')

    record(event_recorder(tmp_path, settings={"type": "http", "url": receiver.url}), start(run()))

    assert "Bearer opensesame" == receiver.headers[0]["Authorization"]


def test_a_transport_with_a_queue_in_memory_is_sent_at_once(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(event_recorder(tmp_path / "a", settings={"type": "async_http", "url": receiver.url}), start(run(1)))
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "async_http")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__URL", receiver.url)
    record(event_recorder(tmp_path / "b"), start(run(2)))

    assert [1, 2] == receiver.runs


def test_disabled_means_nothing_leaves_the_mesh(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "True")
    taken: list[Event] = []

    record(event_recorder(tmp_path, taken.append, {"type": "http", "url": receiver.url}), start(run()))

    assert [] == receiver.events
    assert 1 == len(taken) == len(journal(tmp_path))


def test_the_client_leaves_no_variables_behind(tmp_path: Path, receiver: Receiver) -> None:
    script = f"""
import os, pathlib
from meshwright.io.openlineage import event_recorder
os.environ["OPENLINEAGE_URL"] = "{receiver.url}"
before = dict(os.environ)
import json
event_recorder(pathlib.Path(".")).record(json.loads('''{json.dumps(start(run()))}'''))
assert before == dict(os.environ)
"""

    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)

    assert [0] == receiver.runs


def test_events_of_a_dead_receiver_wait_and_arrive_in_order(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    dead = event_recorder(tmp_path, settings={"type": "http", "url": NOWHERE})
    began = time.monotonic()
    record(dead, *(start(run(number)) for number in range(5)))
    spent = time.monotonic() - began

    waiting = dead.waiting()
    alive = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url})
    record(alive, start(run(5)))

    assert spent < TIMEOUT_SECONDS
    assert {"openlineage": 5} == waiting
    assert [0, 1, 2, 3, 4, 5] == receiver.runs
    assert {"openlineage": 0} == alive.waiting()
    ours = [r for r in caplog.records if r.name == "meshwright.io.openlineage"]
    assert ["lineage events for openlineage wait: ConnectionError"] == [r.getMessage() for r in ours]


def test_waiting_events_are_delivered_on_demand(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 503
    recorder = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url})
    record(recorder, start(run(1)), start(run(2)))
    receiver.status = 201

    recorder.retry()
    recorder.wait()

    assert {"openlineage": 0} == recorder.waiting()
    assert [1, 2] == receiver.runs


def test_a_silent_receiver_delays_nothing_but_the_end_of_the_process_once_and_not_for_long(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.delay = 10 * TIMEOUT_SECONDS
    recorder = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url, "timeout": 60})

    began = time.monotonic()
    for number in range(3):
        recorder.record(start(run(number)))
    recorded = time.monotonic() - began
    recorder.wait()
    spent = time.monotonic() - began
    receiver.delay = 0

    assert recorded < TIMEOUT_SECONDS <= spent < 2 * TIMEOUT_SECONDS
    assert {"openlineage": 3} == recorder.waiting()


def test_an_event_that_is_refused_for_good_is_put_aside_and_holds_up_no_other(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.refuse = {run(1).run_id}
    recorder = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url})

    record(recorder, *(start(run(number)) for number in range(3)))

    [refused] = (tmp_path / "outbox" / "openlineage" / "refused").iterdir()
    assert [0, 2] == receiver.runs
    assert run(1).run_id == json.loads(refused.read_text())["run"]["runId"]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_an_answer_that_is_not_about_the_event_keeps_it(tmp_path: Path, receiver: Receiver, status: int) -> None:
    receiver.status = status
    recorder = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url})

    record(recorder, start(run()))

    assert {"openlineage": 1} == recorder.waiting()


def test_one_receiver_down_does_not_hold_up_another(tmp_path: Path) -> None:
    taken: list[Event] = []
    recorder = event_recorder(tmp_path, taken.append, {"type": "http", "url": NOWHERE})

    record(recorder, start(run()))

    assert 1 == len(taken)
    assert {"catalog": 0, "openlineage": 1} == recorder.waiting()


@pytest.mark.parametrize("bad", [InvalidEvent("no run"), ForeignDomain()])
def test_a_catalog_that_is_away_gets_its_events_later_and_a_bad_one_never(
    tmp_path: Path, bad: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[Event] = []
    answers: list[Exception | None] = [CatalogUnavailable("catalog", "does not answer"), bad, None]

    def take(event: Event) -> None:
        if answer := answers.pop(0):
            raise answer
        taken.append(event)

    recorder = event_recorder(tmp_path, take)
    recorder.record(start(run(1)))
    recorder.record(start(run(2)))
    assert {"catalog": 2} == recorder.waiting()
    recorder.retry()

    assert [start(run(2))] == taken
    [kept] = (tmp_path / "outbox" / "catalog" / "refused").iterdir()
    assert {"catalog": 1} == recorder.refused()
    assert f"lineage events for catalog that it will never take are put aside in {kept.parent}" in caplog.messages


def test_of_a_receiver_that_takes_no_event_there_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def take(event: Event) -> None:
        raise ForeignDomain

    recorder = event_recorder(tmp_path, take)
    record(recorder, *(start(run(number)) for number in range(5)))

    assert ({"catalog": 5}, 1) == (recorder.refused(), len(caplog.messages))


def test_what_waits_for_a_receiver_that_is_not_configured_now_is_counted(tmp_path: Path) -> None:
    record(event_recorder(tmp_path, settings={"type": "http", "url": NOWHERE}), start(run(1)), start(run(2)))

    assert {"openlineage": 2} == event_recorder(tmp_path).waiting()
    assert {} == event_recorder(tmp_path, env="prod").waiting()


def test_a_setting_that_makes_no_sense_fails_no_build(tmp_path: Path) -> None:
    recorder = event_recorder(tmp_path, settings={"type": "carrier_pigeon"})

    record(recorder, start(run()))

    assert {"openlineage": 1} == recorder.waiting()


def test_a_state_folder_that_cannot_be_written_fails_no_build(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".mesh").write_text("a file stands where the folder should")
    recorder = event_recorder(tmp_path / ".mesh", print)

    with caplog.at_level(logging.WARNING):
        recorder.record(start(run()))

    assert {"journal", "catalog"} == {r.getMessage().split()[3] for r in caplog.records}


def test_half_a_file_in_the_outbox_is_put_aside(tmp_path: Path, receiver: Receiver) -> None:
    folder = tmp_path / "outbox" / "openlineage"
    folder.mkdir(parents=True)
    (folder / "00000000000000000000-0-0.json").write_text('{"eventType": "STA')
    (folder / "00000000000000000001-0-0.part").write_text("{}")

    record(event_recorder(tmp_path, settings={"type": "http", "url": receiver.url}), start(run(4)))

    assert [4] == receiver.runs
    assert 1 == len(list((folder / "refused").iterdir()))


def test_processes_share_an_outbox(tmp_path: Path, receiver: Receiver) -> None:
    script = f"""
import json, pathlib
from meshwright.io.openlineage import event_recorder
recorder = event_recorder(pathlib.Path("."), settings={{"type": "http", "url": "{NOWHERE}"}})
for _ in range(20):
    recorder.record(json.loads('''{json.dumps(start(run()))}'''))
"""
    writers = [subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path) for _ in range(3)]

    codes = [w.wait(timeout=60) for w in writers]
    recorder = event_recorder(tmp_path, settings={"type": "http", "url": receiver.url})
    for _ in range(10):  # each call has only so many seconds
        recorder.retry()
        recorder.wait()

    assert [0, 0, 0] == codes
    assert 60 == len(receiver.events)
    assert 60 == len(journal(tmp_path))


def test_openlineage_is_loaded_with_the_first_event_only() -> None:
    script = """
import sys, pathlib
from meshwright.io.openlineage import event_recorder
event_recorder(pathlib.Path("."), settings={"type": "http", "url": "http://127.0.0.1:1"})
print([m for m in ("openlineage", "requests") if m in sys.modules])
"""

    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert "[]" == loaded.strip()
