"""What was read, refused and changed, as data protection asks for it: `Mesh.audit`."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from meshwright.access import Principal
from meshwright.audit import MAX_EVENTS, AuditHead, AuditQuery, AuditRecord, Break, Verdict, verify
from meshwright.errors import AuditCutOff, StorageFailed, UnreadableHead
from meshwright.io.signatures import is_signed
from meshwright.mesh.world import World
from meshwright.ports import Registry


@dataclass(frozen=True)
class Auditing:
    """The catalog's audit as one principal; every call raises `DataProtectionOnly` for everybody else."""

    world: World
    principal: Principal

    def head(self) -> AuditHead:
        """Tell the last event, signed; raise `AuditCutOff` where nobody can tell it any more."""
        return self._registry().audit_head()

    def export(self, path: str) -> AuditHead:
        """Write the head to a file, to be kept where nobody who runs the catalog can change it."""
        found = self.head()
        try:
            Path(path).write_text(json.dumps(found.model_dump(), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise StorageFailed(path, error.strerror or "cannot be written") from None
        return found

    def verify(self, head: str | None = None) -> Verdict:
        """Walk the whole chain, and meet the head of a file; a head that the catalog lost is a finding.

        Raises `UnreadableHead` for a file that holds none.
        """
        exported = read_head(head) if head is not None else None
        live = self._live()
        undated = live.model_copy(update={"at": ""}) if live is not None else None  # it is told as of this moment
        heads = [head for head in (undated, exported) if head is not None]
        verdict = verify(self._events(AuditQuery()), heads, cut_off=live is None)
        wrong = tuple(self._foreign(exported, live)) if exported is not None else ()
        return Verdict(verdict.events, (*wrong, *verdict.breaks), verdict.no_outcome)

    def events(
        self,
        *,
        product: str | None = None,
        principal: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[AuditRecord]:
        """List the newest events, oldest first."""
        query = AuditQuery(product=product, principal=principal, since=since)
        return list(deque(self._events(query), maxlen=limit))

    def _events(self, query: AuditQuery) -> Iterator[AuditRecord]:
        registry = self._registry()
        while True:
            records = registry.audit(query).records
            yield from records
            if len(records) < MAX_EVENTS:
                return
            query = query.model_copy(update={"after": records[-1].sequence})

    def _live(self) -> AuditHead | None:
        try:
            return self.head()
        except AuditCutOff:
            return None

    def _foreign(self, exported: AuditHead, live: AuditHead | None) -> Iterator[Break]:
        """Doubt a head of another catalog, and one without the signature of the workspace's own catalog."""
        if live is not None and exported.catalog != live.catalog:
            yield Break(exported.sequence, "is of another catalog's head")
        key = self.world.workspace.state / "signing.pem"
        own = self.world.workspace.here.catalog.url is None and key.exists()
        if own and not is_signed(exported.signed_text(), exported.signature, key):
            yield Break(exported.sequence, "is of a head that this catalog did not sign")

    def _registry(self) -> Registry:
        return self.world.registry(self.principal)


def read_head(path: str) -> AuditHead:
    """Read a head that was exported; raise `UnreadableHead`."""
    try:
        return AuditHead.model_validate_json(Path(path).read_bytes())
    except OSError as error:
        raise UnreadableHead(path, error.strerror or "cannot be read") from None
    except ValidationError:
        raise UnreadableHead(path, "holds no head of an audit") from None
