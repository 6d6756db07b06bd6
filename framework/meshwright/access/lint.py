"""Findings about policies, before anybody is decided by them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from meshwright.access.cedar import ACTIONS, ROW_ACTION, type_errors
from meshwright.access.finding import Finding
from meshwright.access.grants.statements import MARK
from meshwright.access.leaves import leaves
from meshwright.access.policies import CENTRAL, Policies, is_central, policy_file
from meshwright.access.rows.lint import row_findings, rows_without_permit
from meshwright.access.statements import EntityName, Statement, statements
from meshwright.access.wide import careless, foreign, shown_to_strangers, wildcards
from meshwright.errors import nearest
from meshwright.names import governed_by, with_parents
from meshwright.spec import Spec, column_classes

CATALOGS = "catalog."
"""What the ids of policies begin with that the catalog adds: nobody else's do."""
_ANNOTATIONS = ("id", "why")


def lint(policies: Policies, specs: Iterable[Spec]) -> tuple[Finding, ...]:
    """Check central policies and those of every product; and that each contract's classes, purpose and owner are known.

    Errors deny every decision they touch, or say what cannot be meant or explained; warnings deny by themselves or
    only confuse.
    """
    by_id = {spec.id: spec for spec in specs}
    central, broken = statements(policies.central, CENTRAL)
    found = [*broken, *(f for p in central for f in _errors(p, policies, None))]
    taken = [*central]
    for product in sorted({*policies.products, *by_id}):
        own, unread = statements(policies.text(product), policy_file(product))
        taken += own
        found += [*unread, *_about(own, product, by_id, policies)]
        about = [p for p in central if product in by_id and _speaks_of_columns(p)]
        found += [f for p in about for f in _errors(p, policies, by_id[product])]
    for policy in central:
        wild = tuple(shown_to_strangers(policy, policies)) if not tuple(_errors(policy, policies, None)) else ()
        found += [*_of_the_catalog(policy), *_doubts(policy, policies, by_id), *(wild or careless(policy))]
    return tuple(dict.fromkeys((*found, *_twice(taken))))


def _twice(policies: Iterable[Statement]) -> Iterator[Finding]:
    """Find ids that several policies of the mesh have, in whichever files: explanations name policies by them alone."""
    places: dict[str, list[str]] = {}
    for policy in policies:
        places.setdefault(policy.id, []).append(policy.where)
    for name, where in places.items():
        if len(where) > 1:
            hint = f"they stand in {', '.join(dict.fromkeys(where))}: give each an @id of its own"
            yield Finding("policies", f"{len(where)} policies have the id {name!r}", hint)


def blocking(policies: Policies, spec: Spec) -> tuple[Finding, ...]:
    """Say why every decision about a product is a denial: policies that cannot be obeyed as written."""
    central, text = policies.central, policies.text(spec.id)
    file = policy_file(spec.id) if text else CENTRAL
    known = (*statements(central, CENTRAL)[0], *statements(text, file)[0])
    about = spec if any(_speaks_of_columns(policy) for policy in known) else None
    return _blocking(central, text, file, _Vocabulary(policies, about))


def broken(policies: Policies) -> tuple[Finding, ...]:
    """Say why every decision of a mesh is a denial: central policies that cannot be obeyed, whatever they are about."""
    return _blocking(policies.central, "", CENTRAL, _Vocabulary(policies, None))


def rejected(policies: Policies, spec: Spec) -> tuple[Finding, ...]:
    """Say why a product's own policies are not taken: not to be obeyed, wildcards, or about other products."""
    product, file = governed_by(spec.id), policy_file(spec.id)
    own, _ = statements(policies.text(spec.id), file)
    broken = [finding for finding in blocking(policies, spec) if finding.where.startswith(file)]
    found = [finding for policy in own for finding in _unacceptable(policy, product)]
    return (*broken, *(finding for finding in found if finding.severity == "error"))


def _unacceptable(policy: Statement, product: str) -> Iterator[Finding]:
    """List what may not stand in a product's own file, though it could be obeyed."""
    yield from _of_the_catalog(policy)
    yield from foreign(policy, product)
    wild = tuple(wildcards(policy, product))
    yield from wild or careless(policy)


def _of_the_catalog(policy: Statement) -> Iterator[Finding]:
    """Refuse an id that the catalog may give to a policy of its own, which would then be there twice."""
    if policy.id.startswith(CATALOGS):
        name = f"{policy.where}: {policy.id}"
        yield Finding(name, f"an id that begins with {CATALOGS!r} is of the catalog", "give it another @id")


def _speaks_of_columns(policy: Statement) -> bool:
    return ROW_ACTION in policy.actions or any(kind == "Column" for kind, _ in policy.entities)


class _Vocabulary:
    """A cache key: which names policies of a product may use; its contract plays a part where they speak of columns."""

    def __init__(self, policies: Policies, spec: Spec | None) -> None:
        self.policies, self.spec = policies, spec
        columns = (spec.id, spec.columns) if spec else ("", ())
        self.known = (frozenset(policies.classes.rules), frozenset(policies.purposes.parents), *columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Vocabulary) and self.known == other.known

    def __hash__(self) -> int:
        return hash(self.known[:3])


@lru_cache(maxsize=2048)
def _blocking(central: str, text: str, file: str, vocabulary: _Vocabulary) -> tuple[Finding, ...]:
    mesh, broken = statements(central, CENTRAL)
    own, unread = statements(text, file)
    found = [*broken, *unread]
    found += [f for p in (*mesh, *own) for f in _errors(p, vocabulary.policies, vocabulary.spec)]
    taken = Counter(policy.id for policy in (*mesh, *own))
    found += [Finding(file, f"{n} policies have the id {name!r}") for name, n in taken.items() if n > 1]
    return tuple(found)


def _about(own: Iterable[Statement], product: str, specs: Mapping[str, Spec], policies: Policies) -> Iterator[Finding]:
    spec = specs.get(product)
    if spec is None:
        yield Finding(policy_file(product), f"no product {product!r}{nearest(product, specs)}", severity="warning")
    else:
        yield from _contract(spec, policies)
        yield from rows_without_permit(policies, spec)
        yield from _of_no_column(own, spec)
    for policy in own:
        yield from _errors(policy, policies, spec)
        yield from _doubts(policy, policies, specs)
        yield from _unacceptable(policy, product)


def _of_no_column(own: Iterable[Statement], spec: Spec) -> Iterator[Finding]:
    """Find permits on a class that no column of the product has, nor a class below it."""
    held = {above for column in spec.columns for name in column_classes(column) for above in with_parents(name)}
    for policy in own:
        named = policy.scope("resource").get("entity", {"type": "", "id": ""})
        if policy.effect == "permit" and named["type"] == "Mesh::Class" and named["id"] not in held:
            problem = f"no column of {spec.id} has class {named['id']!r}, nor one below it"
            yield Finding(f"{policy.where}: {policy.id}", problem, "it shows nothing yet", "warning")


def _contract(spec: Spec, policies: Policies) -> Iterator[Finding]:
    for column in spec.columns:
        for name in sorted(column_classes(column)):
            if name not in policies.classes:
                problem = f"unknown class {name!r}{nearest(name, policies.classes.rules)}"
                yield Finding(f"{spec.id}.{column.name}", problem)
    if spec.purpose and spec.purpose not in policies.purposes:
        problem = f"unknown purpose {spec.purpose!r}{nearest(spec.purpose, policies.purposes.parents)}"
        yield Finding(spec.id, problem)
    if spec.owner and spec.owner not in policies.principals.teams:
        problem = f"unknown owner {spec.owner!r}{nearest(spec.owner, policies.principals.teams)}"
        yield Finding(spec.id, problem, severity="warning")


def _errors(policy: Statement, policies: Policies, spec: Spec | None) -> Iterator[Finding]:
    """List what makes a policy impossible to obey; any of these denies the product."""
    name = f"{policy.where}: {policy.id}" if policy.id else policy.where
    for note in sorted(policy.annotations - {*_ANNOTATIONS}):
        hint = "annotations are @id and @why; what a policy grants, and until when, stands in the policy itself"
        yield Finding(name, f"unknown annotation @{note}", hint)
    if not policy.id:
        yield Finding(name, "has no @id", 'write @id("<domain>.<product>.<what>") above it')
        return
    if policy.id.startswith(MARK):
        yield Finding(name, f"an id that begins with {MARK!r} is of a grant", "give it another @id")
    if ROW_ACTION in policy.actions:
        yield from row_findings(policy, spec)
    else:
        yield from (Finding(name, error) for error in type_errors(policy))
    if policy.scope("action")["op"] == "All":
        yield Finding(name, "names no action", f"write action == or in, of {', '.join(ACTIONS)}")
    if policy.compares_resource:
        # Columns are decided by their sort, under a stand-in's name, so that == would never hold.
        yield Finding(name, "compares the resource in a condition", "write `resource in ...`, or name it in the scope")
    central = is_central(policy)
    for kind, entity in sorted(policy.entities):
        if kind == "Column" and "/" not in entity:
            yield Finding(name, f"no column is named like {entity!r}", 'write "domain.product/column"')
            continue
        if kind == "Column" and central and not _is_of(entity, spec):
            continue  # another product's column, which denies nobody this one
        yield from _misspelt(name, (kind, entity), policies, spec)


def _is_of(column: str, spec: Spec | None) -> bool:
    return spec is not None and column.partition("/")[0] == governed_by(spec.id)


def _misspelt(name: str, entity: EntityName, policies: Policies, spec: Spec | None) -> Iterator[Finding]:
    kind, found = entity
    known: Collection[str] | None = None
    if kind == "Class":
        known = policies.classes.rules
    elif kind == "Purpose":
        known = policies.purposes.parents
    elif kind == "Column" and spec is not None:
        known = _column_names(spec)
    if known is not None and found not in known:
        yield Finding(name, f"unknown {kind.lower()} {found!r}{nearest(found, known)}")


def _column_names(spec: Spec) -> frozenset[str]:
    """List columns and nested fields, and the columns around those."""
    paths = {path for leaf in leaves(spec.columns) for path in with_parents(leaf.path)}
    return frozenset(f"{governed_by(spec.id)}/{path}" for path in paths)


def _doubts(policy: Statement, policies: Policies, specs: Mapping[str, Spec]) -> Iterator[Finding]:
    name = f"{policy.where}: {policy.id}" if policy.id else policy.where
    if not policy.why.strip():
        yield Finding(name, "has no @why", 'write @why("...") for whoever asks')
    principals = policies.principals
    known: dict[str, Collection[str]] = {
        "Team": principals.teams,
        "User": principals.users,
        "Service": principals.services,
        "Product": specs,
        "Domain": {*principals.teams.values(), *(s.domain for s in specs.values())},
    }
    for kind, entity in sorted(_with_products(policy.entities)):
        if kind in known and entity not in known[kind]:
            problem = f"unknown {kind.lower()} {entity!r}{nearest(entity, known[kind])}"
            yield Finding(name, problem, severity="error" if _misses(policy, kind, entity, known) else "warning")


def _with_products(entities: Iterable[EntityName]) -> set[EntityName]:
    """Add the products of the columns that are named."""
    named = {*entities}
    return named | {("Product", name.partition("/")[0]) for kind, name in named if kind == "Column" and "/" in name}


def _misses(policy: Statement, kind: str, entity: str, known: Mapping[str, Collection[str]]) -> bool:
    """Tell whether an unknown name makes a policy miss what it must not.

    Rows that no policy governs are all shown, and a forbid that misspells what it is about forbids nothing. People and
    services come and go, teams and domains hardly; a product may lie elsewhere unless its domain's are known here.
    """
    if kind in ("Product", "Domain"):
        here = kind == "Domain" or entity.partition(".")[0] in {name.partition(".")[0] for name in known["Product"]}
        return ROW_ACTION in policy.actions or (policy.effect == "forbid" and here)
    return kind == "Team" and bool(known["Team"])
