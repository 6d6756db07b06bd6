"""Every transport of openlineage-python, by its own configuration: none delays, none fails, and nothing is lost."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from receiver import NOWHERE, Receiver, leave_unconfigured, listening, run

from meshwright.events import designed, start
from meshwright.io.openlineage import TIMEOUT_SECONDS, EventRecorder, event_recorder

SLOW = """
import time
from openlineage.client.transport.transport import Config, Transport

class SlowConfig(Config):
    pass


class Slow(Transport):
    kind = "slow"
    config_class = SlowConfig

    def __init__(self, config):
        pass

    def emit(self, event):
        time.sleep(60)
"""


@pytest.fixture
def near() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture
def far() -> Iterator[Receiver]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def _no_configuration_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_unconfigured(monkeypatch, tmp_path)


def http(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "http", "url": url, **more}


def composite(**members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "composite", "transports": members}


def told(folder: Path, settings: dict[str, Any] | None, *numbers: int) -> EventRecorder:
    recorder = event_recorder(folder, settings=settings)
    for number in numbers:
        recorder.record(start(run(number)))
    recorder.wait()
    return recorder


def test_each_member_of_a_composite_gets_every_event_once(tmp_path: Path, near: Receiver, far: Receiver) -> None:
    recorder = told(tmp_path, composite(near=http(near.url), far=http(far.url)), 1, 2, 3)

    assert [1, 2, 3] == near.runs == far.runs
    assert {"openlineage": 0, "openlineage.far": 0, "openlineage.near": 0} == recorder.waiting()


@pytest.mark.parametrize("kind", ["http", "async_http"])
def test_a_dead_member_holds_up_no_other_and_gets_its_events_later_in_order(
    tmp_path: Path, near: Receiver, far: Receiver, kind: str
) -> None:
    def members(url: str) -> dict[str, Any]:
        return composite(away={"type": kind, "url": url}, near={"type": kind, "url": near.url})

    began = time.monotonic()
    dead = told(tmp_path, members(NOWHERE), 1, 2, 3)
    spent = time.monotonic() - began
    waiting, delivered = dead.waiting(), list(near.runs)
    told(tmp_path, members(far.url), 4)

    assert spent < TIMEOUT_SECONDS
    assert {"openlineage": 0, "openlineage.away": 3, "openlineage.near": 0} == waiting
    assert [1, 2, 3] == delivered
    assert [1, 2, 3, 4] == near.runs == far.runs


def test_members_without_names_are_told_apart(tmp_path: Path, near: Receiver) -> None:
    settings = {"type": "composite", "transports": [http(NOWHERE), http(near.url)]}

    recorder = told(tmp_path, settings, 1)

    assert [1] == near.runs
    assert {"openlineage": 0, "openlineage.http-0": 1, "openlineage.http-1": 0} == recorder.waiting()


def test_a_member_that_refuses_an_event_keeps_it_from_no_other(tmp_path: Path, near: Receiver, far: Receiver) -> None:
    far.refuse = {run(1).run_id}

    recorder = told(tmp_path, composite(far=http(far.url), near=http(near.url)), 1, 2)

    assert ([1, 2], [2]) == (near.runs, far.runs)
    assert 0 == sum(recorder.waiting().values())
    assert 1 == len(list((tmp_path / "outbox" / "openlineage.far" / "refused").iterdir()))


def test_a_composite_that_stops_at_the_first_success_falls_back(tmp_path: Path, near: Receiver, far: Receiver) -> None:
    settings = composite(away=http(NOWHERE), near=http(near.url), far=http(far.url)) | {"continue_on_success": False}

    recorder = told(tmp_path, settings, 1, 2)

    assert ([1, 2], []) == (near.runs, far.runs)
    assert {"openlineage": 0} == recorder.waiting()


def test_where_no_member_answers_the_event_waits_and_where_one_does_only_a_refusal_of_all_puts_it_aside(
    tmp_path: Path, near: Receiver
) -> None:
    settings = composite(away=http(NOWHERE), near=http(near.url)) | {"continue_on_success": False}
    near.refuse = {run(1).run_id}

    waits = told(tmp_path / "a", settings, 1)
    refused = told(tmp_path / "b", composite(near=http(near.url)) | {"continue_on_success": False}, 1)

    assert {"openlineage": 1} == waits.waiting()
    assert {"openlineage": 0} == refused.waiting()


def test_a_composite_within_a_composite_is_taken_apart(tmp_path: Path, near: Receiver, far: Receiver) -> None:
    inner = composite(away=http(NOWHERE), far=http(far.url))

    recorder = told(tmp_path, composite(inner=inner, near=http(near.url)), 1)

    assert [1] == near.runs == far.runs
    assert 1 == recorder.waiting()["openlineage.inner.away"]


def test_a_composite_comes_from_variables_alone(
    tmp_path: Path, near: Receiver, far: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "composite")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TRANSPORTS__NEAR__TYPE", "async_http")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TRANSPORTS__NEAR__URL", near.url)
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TRANSPORTS__FAR__TYPE", "http")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TRANSPORTS__FAR__URL", far.url)
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TRANSPORTS__FAR__COMPRESSION", "gzip")

    told(tmp_path, None, 1, 2)

    assert [1, 2] == near.runs == far.runs
    assert "gzip" == far.headers[0]["Content-Encoding"]


@pytest.mark.parametrize("named", [True, False])
def test_a_configuration_comes_from_the_clients_own_file(
    tmp_path: Path, near: Receiver, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    file = tmp_path / ("lineage.yml" if named else "openlineage.yml")
    auth = {"type": "api_key", "apiKey": "opensesame"}
    file.write_text(yaml.safe_dump({"transport": {"type": "async_http", "url": near.url, "auth": auth}}))
    if named:
        monkeypatch.setenv("OPENLINEAGE_CONFIG", str(file))

    told(tmp_path / "state", None, 1)

    assert [1] == near.runs
    assert "Bearer opensesame" == near.headers[0]["Authorization"]


def replacing(inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "transform",
        "transport": inner,
        "transformer_class": "openlineage.client.transport.transform.JobNamespaceReplaceTransformer",
        "transformer_properties": {"new_job_namespace": "elsewhere"},
    }


def test_a_transform_changes_what_is_sent_and_nothing_of_what_is_kept(tmp_path: Path, near: Receiver) -> None:
    told(tmp_path, replacing(http(NOWHERE)), 1)
    recorder = told(tmp_path, replacing(http(near.url)), 2)

    assert [1, 2] == near.runs
    assert {"elsewhere"} == {event["job"]["namespace"] for event in near.events}
    assert {"openlineage": 0} == recorder.waiting()
    kept = [json.loads(line) for line in (tmp_path / "events.ndjson").read_text().splitlines()]
    assert {"mesh://thenar/sales"} == {event["job"]["namespace"] for event in kept}


def test_a_transform_around_a_composite_loses_nothing(tmp_path: Path, near: Receiver, far: Receiver) -> None:
    told(tmp_path, replacing(composite(near=http(near.url), far=http(NOWHERE))), 1)
    recorder = told(tmp_path, replacing(composite(near=http(near.url), far=http(far.url))), 2)

    assert [1, 2] == far.runs
    assert [1, 2] == sorted(set(near.runs))
    assert {"openlineage": 0} == recorder.waiting()


def test_a_file_gets_one_event_a_line(tmp_path: Path) -> None:
    file = tmp_path / "lineage.ndjson"

    recorder = told(tmp_path, {"type": "file", "log_file_path": str(file), "append": True}, 1, 2)

    assert [1, 2] == [int(json.loads(line)["run"]["runId"][-12:]) for line in file.read_text().splitlines()]
    assert {"openlineage": 0} == recorder.waiting()


def test_a_file_that_cannot_be_written_waits(tmp_path: Path) -> None:
    file = tmp_path / "none" / "lineage.ndjson"
    settings = {"type": "file", "log_file_path": str(file), "append": True}

    waiting = told(tmp_path, settings, 1).waiting()
    file.parent.mkdir()
    again = told(tmp_path, settings)
    again.retry()
    again.wait()

    assert {"openlineage": 1} == waiting
    assert 1 == len(file.read_text().splitlines())


def test_the_console_is_standard_error(tmp_path: Path) -> None:
    script = f"""
import json, pathlib
from meshwright.io.openlineage import event_recorder
event_recorder(pathlib.Path("."), settings={{"type": "console"}}).record(json.loads('''{json.dumps(start(run(7)))}'''))
"""

    ran = subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, capture_output=True, text=True)

    assert "" == ran.stdout
    assert run(7).run_id == json.loads(ran.stderr)["run"]["runId"]


def test_transports_that_hang_are_waited_for_together_and_not_for_long(
    tmp_path: Path, near: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hanging.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    hanging = {"type": "hanging.Slow"}

    began = time.monotonic()
    recorder = told(tmp_path, composite(slow=hanging, slower=hanging, near=http(near.url)), 1, 2, 3)
    spent = time.monotonic() - began

    assert spent < 2 * TIMEOUT_SECONDS
    assert [1, 2, 3] == near.runs
    assert [0, 0, 3, 3] == sorted(recorder.waiting().values())
    assert [3, 3] == [recorder.waiting()[f"openlineage.{name}"] for name in ("slow", "slower")]


def test_a_design_is_sent_like_a_run(tmp_path: Path, near: Receiver) -> None:
    recorder = event_recorder(tmp_path, settings=http(near.url))
    recorder.record(designed(run()))
    recorder.wait()

    [sent] = near.events
    assert ("run" in sent, sent["job"]["name"]) == (False, "sales.orders.build")
    assert sent["schemaURL"].endswith("JobEvent")


def test_what_waits_for_a_way_that_is_no_longer_configured_is_kept(tmp_path: Path, near: Receiver) -> None:
    told(tmp_path, composite(away=http(NOWHERE), near=http(near.url)), 1)

    recorder = told(tmp_path, http(near.url), 2)

    assert [1, 2] == near.runs
    assert {"openlineage": 0, "openlineage.away": 1, "openlineage.near": 0} == recorder.waiting()
