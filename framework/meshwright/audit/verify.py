"""Find what was changed, taken out, put in, moved or cut off since the events were written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from meshwright.audit.chain import GENESIS, link
from meshwright.audit.record import UNREADABLE, AuditHead, AuditRecord


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the chain does not hold."""

    sequence: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events there are, where the chain is broken, and the intents without an outcome.

    A read without an outcome is still running, or its server died: both are no fault of the chain.
    """

    events: int
    breaks: tuple[Break, ...]
    no_outcome: tuple[AuditRecord, ...]


@dataclass
class _Walk:
    """What is known while the events pass by."""

    heads: Sequence[AuditHead]
    previous: str = GENESIS
    last: int = 0
    events: int = 0
    running: dict[int, AuditRecord] = field(default_factory=dict[int, AuditRecord])

    def step(self, record: AuditRecord) -> Iterator[Break]:
        self.events += 1
        if record.sequence < 1:  # it stands in front of all, and nothing hangs on it
            yield Break(record.sequence, "was put in: the first event has the number 1")
            return
        expected = self.last + 1
        if record.sequence > expected:
            yield Break(expected, f"is missing, with all up to {record.sequence - 1}")
        elif record.sequence < expected:
            yield Break(record.sequence, f"stands behind {self.last}")
        elif record.kind == UNREADABLE:
            yield Break(record.sequence, f"is unreadable: {record.facts.get('problem', 'it is no event')}")
        elif not _holds(self.previous, record):
            yield Break(record.sequence, "was changed, or does not belong behind the event before it")
        for head in self.heads:
            if head.sequence == record.sequence and head.hash != record.hash:
                yield Break(record.sequence, f"is not the event that was last{_time(head)}")
        self.previous, self.last = record.hash, record.sequence
        self._note(record)

    def end(self, *, cut_off: bool) -> Iterator[Break]:
        if cut_off:
            problem = "may be cut off, with all behind it: the row that names the last event was deleted"
            yield Break(self.last + 1, problem)
        for head in self.heads:
            if head.sequence > self.last:
                yield Break(self.last + 1, f"is missing, with all up to {head.sequence}, which was last{_time(head)}")

    def _note(self, record: AuditRecord) -> None:
        intent = record.facts.get("intent")
        if record.kind == "intent":
            self.running[record.sequence] = record
        elif record.kind == "outcome" and isinstance(intent, int):
            self.running.pop(intent, None)


def verify(records: Iterable[AuditRecord], heads: Sequence[AuditHead], *, cut_off: bool = False) -> Verdict:
    """Walk all events from the first, in the order they are kept; each head has to be met with its hash.

    `cut_off` says that the catalog holds no head any more, so that nothing of its own tells where the end was.
    Without a head that was kept elsewhere, whoever can write the database can write a whole new chain.
    """
    walk = _Walk(heads)
    breaks = [found for record in records for found in walk.step(record)]
    return Verdict(walk.events, (*breaks, *walk.end(cut_off=cut_off)), tuple(walk.running.values()))


def _holds(previous: str, record: AuditRecord) -> bool:
    try:
        return link(previous, record) == record.hash
    except ValueError:
        return False


def _time(head: AuditHead) -> str:
    return f" at {head.at}" if head.at else ""
