"""What was changed about access: written in the transaction of the change, so that neither is there alone."""

from meshwright.audit import AuditRecord, Facts
from meshwright_catalog.audit.log import Event, append
from meshwright_catalog.gate import Visit


def changed(visit: Visit, kind: str, product: str, facts: Facts) -> AuditRecord:
    """Write that the visitor changed a grant or a policy; `kind` is such as `grant.approved`.

    The visit is one that writes (`Catalog.change`). Facts are names, numbers and times as text, never a cell's value.
    """
    who = f"{visit.principal.kind}:{visit.principal.name}"
    return append(visit.session, Event(now=visit.now, kind=kind, principal=who, product=product, facts=facts))
