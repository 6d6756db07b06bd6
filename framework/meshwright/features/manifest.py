"""A training set's manifest: what it was made of, so that the same rows can be made again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from meshwright.errors import BadManifest
from meshwright.features.canonical import ColumnDigest, rows_digest

Scalar = str | int | float | bool | None
"""What a consumer's parameter may be: JSON keeps it as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One input as it was read: product, contract and Delta version; version 0 is a version like any other."""

    input: str
    product: str
    contract_version: str
    contract_hash: str
    delta_version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a training set was made of: pins, reader and purpose, code, versions, and a hash of each column.

    `spine` names the columns that say which row is which. The manifest holds no value of any row.
    """

    consumer: str
    reader: str
    purpose: str
    pins: tuple[Pin, ...]
    rows: int
    columns: tuple[ColumnDigest, ...]
    spine: tuple[str, ...] = ()
    parameters: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    code: str = ""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def rows_sha256(self) -> str:
        """SHA-256 over the canonical rows."""
        return rows_digest(self.columns)

    @property
    def id(self) -> str:
        """SHA-256 of the manifest's canonical JSON, without the id itself."""
        return hashlib.sha256(_canonical(self._body()).encode()).hexdigest()

    @property
    def text(self) -> str:
        """The manifest as canonical JSON: sorted keys, no spaces, ASCII."""
        return _canonical({**self._body(), "id": self.id})

    def _body(self) -> dict[str, Any]:
        return {**asdict(self), "rows_sha256": self.rows_sha256}


def manifest_of(text: str) -> Manifest:
    """Read a manifest; raise `BadManifest` when it is damaged or was changed since it was written."""
    try:
        given: dict[str, Any] = json.loads(text)
        said = given.pop("id"), given.pop("rows_sha256")
        given["pins"] = tuple(Pin(**p) for p in given["pins"])
        given["columns"] = tuple(ColumnDigest(**c) for c in given["columns"])
        given["spine"] = tuple(given["spine"])
        made = Manifest(**given)
        now = made.id, made.rows_sha256
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadManifest(f"it cannot be read ({type(error).__name__})") from None
    if said != now:
        raise BadManifest("its id does not fit its content")
    return made


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
