"""Remember what each principal may discover, for counting; a change to a product is decided at once.

What is shown is decided anew each time. Only counts may lag behind a permit that ends by itself: for seconds, or
twenty times as long as deciding took, so that a large catalog does not do nothing else.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from meshwright_catalog.gate import Visit
from meshwright_catalog.products import entry_of, last_change, newest

Who = tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, int], ...]]
_PRINCIPALS = 200


@dataclass
class Sight:
    """What one principal may and may not discover, as of one change."""

    decided_at: datetime
    keep: timedelta
    position: int = 0
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


class Visible:
    """Decisions to discover, by principal."""

    def __init__(self, keep: timedelta = timedelta(seconds=5)) -> None:
        self._keep = keep
        self._lock = Lock()
        self._sights: dict[Who, Sight] = {}

    def sight(self, visit: Visit) -> tuple[frozenset[str], frozenset[str]]:
        """Tell which products the caller may discover, and which not."""
        who = _who(visit)
        with self._lock:
            known = self._sights.pop(who, None)
        if known is None or not timedelta(0) <= visit.now - known.decided_at < known.keep:
            known = Sight(visit.now, self._keep)
        started = time.monotonic()
        _look(visit, known)
        known.keep = max(known.keep, timedelta(seconds=20 * (time.monotonic() - started)))
        with self._lock:
            self._sights[who] = known
            while len(self._sights) > _PRINCIPALS:
                self._sights.pop(next(iter(self._sights)))
        return frozenset(known.shown), frozenset(known.hidden)


def _look(visit: Visit, sight: Sight) -> None:
    newest_change = last_change(visit.session)
    if newest_change == sight.position:
        return
    for row in newest(visit.session, sight.position):
        allowed = visit.may_discover(entry_of(row))
        (sight.shown if allowed else sight.hidden).add(row.product)
        (sight.hidden if allowed else sight.shown).discard(row.product)
    sight.position = newest_change


def _who(visit: Visit) -> Who:
    """Tell visitors apart by all that decides; what is said to a grant makes another visitor of them at once."""
    who = visit.principal
    granted = tuple((grant.id, len(grant.acts)) for grant in visit.grants)
    return who.kind, who.name, who.domain, tuple(who.teams), tuple(who.purposes), granted
