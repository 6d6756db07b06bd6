"""Note when a catalog begins to decide by other rules of the mesh, or to make tokens with another key."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meshwright.access import Policies
from meshwright.access.lint import broken
from meshwright.audit import Fact
from meshwright.errors import KeysUnusable
from meshwright.ports import Clock
from meshwright_catalog.audit.log import Event, append
from meshwright_catalog.audit.models import CentralRulesRow
from meshwright_catalog.audit.past import keep
from meshwright_catalog.database import writing

log = logging.getLogger(__name__)

NOTED_BY = "service:mesh.catalog"
"""Who an event says that noticed: no domain is called `mesh`."""

State = Mapping[str, str]
"""What is told of the rules (their hash and one of each file), or of the keys (their ids)."""


@dataclass
class CentralRules:
    """The mesh's own rules and the ids of its keys, which remembers all that it handed out and nobody noted yet.

    `key_ids` gives the id of the current key, and all of them.
    """

    policies: Callable[[], Policies]
    key_ids: Callable[[], tuple[str, tuple[str, ...]]]
    clock: Clock
    _lock: Lock = field(default_factory=Lock)
    _last: str = ""
    _unnoted: list[Policies] = field(default_factory=list[Policies])
    _keys: State = field(default_factory=dict[str, str])

    def __call__(self) -> Policies:
        """Give the rules as they are now."""
        with self._lock:  # or another thread could hand out older rules after newer ones
            found = self.policies()
            if found.common_digest != self._last:
                self._last = found.common_digest
                self._unnoted.append(found)
                _tell(found)
        return found

    def note(self, engine: Engine) -> None:
        """Write an event for each change that no process of this catalog has noted, and nothing where there is none.

        The rules themselves are kept beside the audit, which has their hashes.

        Raises `CatalogUnavailable` or `AuditCutOff` where it cannot be written; it is tried again at the next call.
        """
        self()
        keys = self._keys_now()
        with self._lock:
            is_noted = not self._unnoted and keys == self._keys
        if is_noted:
            return
        with writing(engine, durable=True) as session:
            self()  # another process may have noted a later change while this one waited for its turn
            with self._lock:
                rules = tuple(self._unnoted)
            _write(session, self.clock(), "rules", tuple(map(_state, rules)))
            keep(session, self.clock(), rules)
            _write(session, self.clock(), "keys", (keys,) if keys else ())
        with self._lock:
            self._unnoted = [each for each in self._unnoted if all(each is not done for done in rules)]
            self._keys = keys

    def _keys_now(self) -> State:
        """Tell which keys there are; nothing where they cannot be read, for then no token is made."""
        try:
            current, every = self.key_ids()
        except KeysUnusable:
            return self._keys
        return {"current": current, "known": " ".join(every)}


def _tell(rules: Policies) -> None:
    """Say to whoever runs the catalog why nothing is shown to anybody: where rules have an error, all is denied."""
    for finding in broken(rules):
        log.error("%s: until it is mended, nobody is shown anything", finding)


def _state(rules: Policies) -> State:
    return {"digest": rules.common_digest, **rules.common_parts}


def _write(session: Session, now: datetime, part: str, states: tuple[State, ...]) -> None:
    row = session.get(CentralRulesRow, part)
    before: State = json.loads(row.state) if row is not None else {}
    if not states or states[-1] == before:
        return
    for state in states:
        if state != before:
            append(session, _event(now, part, before, state))
            before = state
    session.merge(CentralRulesRow(part=part, state=json.dumps(before, sort_keys=True)))


def _event(now: datetime, part: str, before: State, after: State) -> Event:
    if part == "keys":
        facts: dict[str, Fact] = {"key_before": before.get("current", ""), "key": after["current"]}
        facts |= {"keys": [*after["known"].split()]}
        return Event(now=now, kind="keys.changed", principal=NOTED_BY, facts=facts)
    files: list[Fact] = [name for name in after if name != "digest" and before and before.get(name) != after[name]]
    facts = {"before": before.get("digest", ""), "after": after["digest"], "changed": files}
    return Event(now=now, kind="policy.central", principal=NOTED_BY, facts=facts)
