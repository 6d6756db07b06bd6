"""Attacks 8, 11, 37 and 38, which are limits: what is promised of them, and that docs/security.md says so."""

import os
import stat
from collections import Counter
from pathlib import Path

import polars as pl
from attacked import contacts, seen
from gateway_lake import ROWS, Served

from meshwright.io.delta.files import LocalFiles
from meshwright.io.keys import make_keys
from meshwright.io.tokens import make_signing_key
from meshwright.read import SMALLEST_GROUP

N = {"name": "n", "function": "count"}


def test_attack_08_a_difference_of_two_groups_is_not_held_and_a_small_group_is(lake: Served, security: str) -> None:
    def counted(*but: str) -> list[int]:
        left_out = {"op": "not", "of": {"op": "is_in", "column": "contact_no", "values": list(but) or ["none"]}}
        return seen(contacts(lake, {"aggregate": {"of": [N]}, "filter": left_out}))["n"].to_list()

    assert ([8], [7]) == (counted(), counted("C-1"))
    assert [] == [n for n in counted(*(f"C-{i}" for i in range(8 - SMALLEST_GROUP + 1))) if n]
    assert "Two figures can be subtracted from one another" in security


def test_attack_11_tokens_are_as_frequent_as_their_values(lake: Served, security: str) -> None:
    shown = Counter(lake.rows({"columns": ["email"]})["email"])
    raw = Counter(row["email"] for row in ROWS)

    assert sorted(raw.values()) == sorted(shown.values())
    assert "Tokens are as frequent as the values behind them" in security


def test_attack_37_what_lies_on_the_disk_is_its_owners_alone(tmp_path: Path, security: str) -> None:
    state = tmp_path / ".mesh"
    before = os.umask(0)
    try:
        LocalFiles().make_folder(str(tmp_path / "lake" / "sales" / "orders" / "v1"))
    finally:
        os.umask(before)
    folders = [tmp_path / "lake", *(tmp_path / "lake").rglob("*")]
    make_keys(state / "keys.json")
    make_signing_key(state / "signing.pem")

    assert 0o700 == stat.S_IMODE(state.stat().st_mode)
    assert [0o770] * 4 == [stat.S_IMODE(folder.stat().st_mode) for folder in folders]
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in state.iterdir()}
    assert "are made for their owner and its group: nobody else of the machine enters them" in security
    assert "its boundary is the file system: who may open `lake/` and `.mesh/`" in security
    assert "memory, backups and swap of the machine" in security


def test_attack_38_a_frame_of_ones_own_process_is_advisory_and_the_gateway_ships_no_plan(
    lake: Served, security: str
) -> None:
    answer = contacts(lake)
    plan = pl.read_ipc_stream(answer.content).lazy()

    assert answer.headers["Content-Type"].startswith("application/vnd.apache.arrow.stream")
    for secret in (str(lake.root), "ab" * 32, "hmac"):
        assert secret.encode() not in answer.content + plan.explain().encode()
    assert "Direct mode is advisory" in security
    assert "whoever runs your process can change its plan, and read the key in its memory" in security
    assert "or that reads through the gateway as you, refuses to be serialised" in security
