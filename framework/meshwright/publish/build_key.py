"""The key of a build: equal keys, equal rows, so nothing is to be done."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from meshwright.version import __version__

READER = "reader of inputs"
"""The part that names whose rights inputs were read by that came through a gateway; none where none did."""

PARTS = "build_parts"
"""Where a stamp keeps the parts of its build key, as a JSON object."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildInputs:
    """All that a build's rows depend on.

    `inputs` are the pinned versions by table, also of tables that references reach; `sources` are content hashes by
    source name; `code` is `code_hash` of the domain's package; `parameters` are JSON-ready. `token_key` is the id of
    the key that tokens among the inputs are made with, empty where no port asks for tokens.
    Of inputs that come through a gateway `reader` is who asks for them, as `service:name`, and `grades` says by port or
    referenced column at which levels they come, and with tokens of which key; of any input, by which policies only some
    rows come.
    """

    contract_hash: str
    inputs: Mapping[str, int]
    sources: Mapping[str, str]
    code: str
    mode: str
    parameters: Mapping[str, Any]
    token_key: str = ""
    reader: str = ""
    grades: Mapping[str, str] = field(default_factory=dict[str, str])


def build_key(inputs: BuildInputs, versions: Mapping[str, str] | None = None) -> str:
    """Hash a build's inputs and the versions of what runs it (SHA-256 over canonical JSON, hex)."""
    text = json.dumps(
        {**asdict(inputs), "versions": dict(versions or running_versions())},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
        default=_written,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def key_parts(inputs: BuildInputs, names: Mapping[str, str], versions: Mapping[str, str]) -> dict[str, str]:
    """Tell a key's parts apart, each by a word for people: two keys differ where these do.

    `names` are the products of input tables by table. Parameters stand there as a hash: they may be anything.
    """
    return {
        "contract": _short(inputs.contract_hash),
        "code": _short(inputs.code),
        "mode": inputs.mode,
        **({"key of tokens": inputs.token_key} if inputs.token_key else {}),
        **({READER: inputs.reader} if inputs.reader else {}),
        **{f"rights to {name}": grade for name, grade in inputs.grades.items()},
        "parameters": _short(json.dumps(dict(inputs.parameters), sort_keys=True, default=_written)),
        **{f"input {names.get(table, table)}": str(version) for table, version in inputs.inputs.items()},
        **{f"source {name}": _short(content) for name, content in inputs.sources.items()},
        **{f"version of {name}": version for name, version in versions.items()},
    }


def live_parts(stamp: Mapping[str, str]) -> Mapping[str, str]:
    """Read the parts of its build key from a stamp; none where an older release made it."""
    found: dict[str, str] = json.loads(stamp.get(PARTS, "{}"))
    return found


def changed_parts(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Name the parts that differ, came or went, in the order of today's."""
    return tuple(part for part in {**now, **before} if before.get(part) != now.get(part))


def running_versions() -> dict[str, str]:
    """Name the versions of what computes the rows."""
    return {"meshwright": __version__, "polars": pl.__version__, "python": platform.python_version()}


def code_hash(package: Path) -> str:
    """Hash every Python file of a package: its path below the package and its bytes, sorted by path."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py"), key=lambda f: f.relative_to(package).as_posix()):
        name, content = file.relative_to(package).as_posix().encode(), file.read_bytes()
        digest.update(f"{len(name)}:{len(content)}:".encode() + name + content)
    return digest.hexdigest()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _written(value: object) -> str:
    """Write what JSON lacks, such as a date or a decimal, with its type, so that no two values look alike."""
    return f"{type(value).__name__}:{value}"
