"""The decision: deny by default, once per set of classes, every level on its own."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from meshwright.access.cedar import LEVEL_ACTIONS, Answer, Question, ask, ask_each
from meshwright.access.decision import (
    LEVELS,
    AccessRequest,
    ColumnDecision,
    Decision,
    Missing,
    PolicyReference,
    ShownLevel,
    join_scope,
    levels_above,
)
from meshwright.access.entities import Sort, named_columns, parties, principal_of, product_of, sorts_of, stand_in, trees
from meshwright.access.grants.standing import in_force
from meshwright.access.grants.statements import MARK, grant_of, statements_of
from meshwright.access.leaves import Leaf, leaves
from meshwright.access.lint import blocking
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.requests import with_asks
from meshwright.access.rows import row_rule, without_literals
from meshwright.access.statements import EntityName, Statement
from meshwright.errors import PolicyRejected, nearest
from meshwright.grants import Grant
from meshwright.markers import RevealLevel
from meshwright.masks import has_coarse
from meshwright.spec import Spec

Answers = Mapping[str, Answer]
"""By level."""


@dataclass(frozen=True)
class _Case:
    """A request together with what it is decided by: the policies, and the grants that are in force."""

    request: AccessRequest
    policies: Policies
    grants: tuple[Grant, ...] = ()

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return (*self.policies.of(self.request.spec.id), *statements_of(self.grants))

    def answers(self, questions: list[Question], sorts: Iterable[Sort] = ()) -> list[Answer]:
        spec = self.request.spec
        facts = parties(self.request.principal, spec, sorts)
        return ask(questions, self.statements, trees(self.policies), facts)

    def question(self, action: str, resource: EntityName, purpose: str | None) -> Question:
        return Question(principal_of(self.request.principal), action, resource, self.request.now, purpose)

    def references(self, answers: Iterable[Answer]) -> tuple[PolicyReference, ...]:
        why = {policy.id: policy.why for policy in self.statements}
        ids = sorted({each for answer in answers for each in answer.by})
        return tuple(dict.fromkeys(PolicyReference(_told(each), why.get(each, "")) for each in ids))


def decide(request: AccessRequest, policies: Policies) -> Decision:
    """Decide one request; anything unknown, and any error of a policy, is a denial that says why in `problem`."""
    return decide_as_if(request, policies, _in_force(request, policies))


def decide_as_if(request: AccessRequest, policies: Policies, grants: tuple[Grant, ...]) -> Decision:
    """Decide as if exactly these grants were in force."""
    case = _Case(request, policies, grants)
    empty = Decision(
        product=request.spec.id,
        principal=f"{request.principal.kind}:{request.principal.name}",
        purpose=request.purpose,
        grantee=_grantee(request.principal, request.spec, policies.principals.teams),
        scope=join_scope(request.principal, request.purpose),
        policies=policies.digest(request.spec.id),
        foreign=_is_foreign(request, policies),
    )
    if problem := _broken(case):
        return replace(empty, problem=problem)
    found = replace(empty, discover=_may_discover(case))
    if problem := _purpose_problem(case):
        return replace(found, problem=problem, ask=_purpose_request(case))
    return _with_rows(case, _decided(case, found), found)


def may_discover(request: AccessRequest, policies: Policies) -> bool:
    """Tell whether a principal may know that a product exists; the purpose plays no part."""
    return may_discover_each([(request, policies)])[0]


def may_discover_each(asked: Iterable[tuple[AccessRequest, Policies]]) -> list[bool]:
    """Tell of every request, by its own policies, what `may_discover` does: many together cost less than one by one."""
    cases = [_Case(request, policies, _in_force(request, policies)) for request, policies in asked]
    found = [False] * len(cases)
    for numbers in _side_by_side({n: case for n, case in enumerate(cases) if not _broken(case)}):
        some = [cases[n] for n in numbers]
        facts = {e.name: e for case in some for e in parties(case.request.principal, case.request.spec, ())}
        asking = [(case.question("discover", product_of(case.request.spec), None), case.statements) for case in some]
        answers = ask_each(asking, trees(some[0].policies), facts.values())
        for number, answer in zip(numbers, answers, strict=True):
            found[number] = answer.allowed
    return found


def _side_by_side(cases: Mapping[int, _Case]) -> Iterable[list[int]]:
    """Put together what the same facts decide: no policy of one case looks at a product that another brings along."""
    found: dict[Hashable, list[int]] = {}
    told: dict[EntityName, dict[Hashable, int]] = {}
    for number, case in cases.items():
        mesh, product = case.policies, product_of(case.request.spec)
        trees_of = id(mesh.classes), id(mesh.purposes), id(mesh.principals.teams)
        named = {name for policy in case.statements for name in policy.looked_at if name[0] == "Product"}
        alone = number if named - {product} else None
        about = case.request.spec.domain, case.request.spec.owner, case.request.spec.tags
        several = told.setdefault(product, {})  # majors and rejected rows have contracts of their own
        key = *trees_of, case.request.principal, several.setdefault(about, len(several)), alone
        found.setdefault(key, []).append(number)
    return found.values()


def _in_force(request: AccessRequest, policies: Policies) -> tuple[Grant, ...]:
    if request.now.tzinfo is None:
        return ()
    return in_force(request.grants, request.principal, request.spec, policies, request.now)


def _is_foreign(request: AccessRequest, policies: Policies) -> bool:
    """Tell whether who asks has no say in the product's policies: a person of another domain."""
    who, spec = request.principal, request.spec
    own = spec.owner in who.teams or policies.principals.works_in(who, spec.domain)
    return who.kind == "user" and not own


def _told(policy: str) -> str:
    """Name a policy as people know it: those made from one grant are that grant."""
    grant = grant_of(policy)
    return f"{MARK}{grant}" if grant else policy


def _broken(case: _Case) -> str:
    principal, known = case.request.principal, case.policies.principals
    if case.request.now.tzinfo is None:
        return "the time of the request has no time zone"
    if not known.knows(principal):
        names = known.users if principal.kind == "user" else known.services
        return f"unknown {principal.kind} {principal.name[:80]!r}{nearest(principal.name[:80], names)}"
    errors = blocking(case.policies, case.request.spec)
    return f"the policies cannot be obeyed: {errors[0]}" if errors else ""


def _purpose_problem(case: _Case) -> str:
    purpose, known = case.request.purpose, case.policies.purposes
    if not purpose:
        return "a purpose is needed: say what for (--purpose, purpose=)"
    if purpose not in known:
        named = f" {purpose!r}" if known.could_name(purpose) else ""
        return f"unknown purpose{named}{nearest(purpose[:80], known.parents)}"
    if not known.allowed(purpose, case.request.principal.purposes):
        return f"{case.request.principal.name} may not read for {purpose!r}"
    return ""


def _purpose_request(case: _Case) -> str:
    principal, purpose = case.request.principal, case.request.purpose
    if purpose not in case.policies.purposes:
        return ""
    whom = f"teams.{principal.teams[0]}" if principal.teams else f"{principal.kind}s.{principal.name}"
    return f"data protection adds {purpose!r} to the purposes of {whom} in policies/principals.toml"


def _grantee(principal: Principal, spec: Spec, teams: Mapping[str, str]) -> str:
    """Name whom a permit is for: of several teams the owning one, or one of the product's domain."""
    if principal.kind == "service":
        return principal.name
    near = [team for team in principal.teams if team == spec.owner or teams.get(team) == spec.domain]
    return next(iter(sorted(near, key=lambda team: team != spec.owner) or principal.teams), "<team>")


def _may_discover(case: _Case) -> bool:
    return case.answers([case.question("discover", product_of(case.request.spec), None)])[0].allowed


def _decided(case: _Case, empty: Decision) -> Decision:
    found = leaves(case.request.spec.columns)
    named = named_columns(case.statements)
    sorts = {leaf.path: _sorts(case, leaf, named) for leaf in found}
    distinct = tuple(dict.fromkeys(sort for each in sorts.values() for sort in each))
    purpose = case.request.purpose
    questions = [case.question("read", product_of(case.request.spec), purpose)]
    for number, _ in enumerate(distinct):
        questions += [case.question(action, stand_in(number), purpose) for action in LEVEL_ACTIONS.values()]
    read, *rest = case.answers(questions, distinct)
    if not read.allowed:
        return replace(empty, by=case.references([read]), ask="" if read.by else empty.request("read"))
    wide = len(LEVEL_ACTIONS)
    answers = {
        sort: dict(zip(LEVEL_ACTIONS, rest[wide * n : wide * (n + 1)], strict=True)) for n, sort in enumerate(distinct)
    }
    decision = replace(empty, read=True, by=case.references([read]))
    columns = {leaf.path: _column(case, leaf, [answers[s] for s in sorts[leaf.path]]) for leaf in found}
    asking = {leaf.path: with_asks(decision, columns[leaf.path], leaf) for leaf in found}
    decided = [*decision.by, *(by for column in columns.values() for by in column.by)]
    grants = tuple(dict.fromkeys(grant for by in decided if (grant := grant_of(by.id))))
    return replace(decision, columns=asking, grants=grants)


def _with_rows(case: _Case, decision: Decision, denied: Decision) -> Decision:
    """Say which rows are shown; a row policy that cannot be obeyed denies them all.

    Whom the product's policies are not told to is not told either what they hold a column against that is kept from
    them: a condition would say which values there are.
    """
    if not decision.read:
        return decision
    request, known = case.request, case.policies.principals
    try:
        rule = row_rule(request, case.policies)
        if rule is not None and not known.knows_policies(request.principal, request.spec.domain):
            rule = without_literals(rule, decision.columns)
        return replace(decision, rows=rule)
    except PolicyRejected as error:
        return replace(denied, problem=f"the policies cannot be obeyed: {error}")


def _sorts(case: _Case, leaf: Leaf, named: frozenset[str]) -> tuple[Sort, ...]:
    """Split a column by its classes, of which every one has to grant; one that the mesh does not know never does."""
    if any(name not in case.policies.classes for name in leaf.classes):
        return ()
    return sorts_of(leaf, case.request.spec, named)


def _column(case: _Case, leaf: Leaf, answers: list[Answers]) -> ColumnDecision:
    """Put the classes of a column together: a level is granted when every class grants it."""
    classes = tuple(sorted(leaf.classes))
    if not answers:
        unknown = PolicyReference("", "a class is unknown to the mesh")
        return ColumnDecision(by=(unknown,), forbidden=levels_above("hidden"), classes=classes)
    mask = case.policies.classes.mask(leaf.classes)
    coarsens = has_coarse(mask, leaf.type)
    granted: tuple[RevealLevel, ...] = tuple(v for v in LEVELS if _granted(v, answers, coarsens=coarsens))
    denials = [answer for each in answers for answer in each.values() if not answer.allowed]
    forbidden: tuple[ShownLevel, ...] = tuple(
        v for v in levels_above("hidden") if any(_is_forbidden(e[v]) for e in answers)
    )
    by = case.references([each[granted[0]] for each in answers] if granted else denials)
    level = granted[0] if granted else "hidden"
    kept: list[ShownLevel] = [v for v in levels_above(level) if v in forbidden and (v != "coarse" or coarsens)]
    missing = tuple(Missing(v, "forbidden", _forbids(case, v, answers)) for v in kept)
    return ColumnDecision(level, granted, by, forbidden=forbidden, classes=classes, mask=mask, missing=missing)


def _forbids(case: _Case, level: RevealLevel, answers: list[Answers]) -> tuple[PolicyReference, ...]:
    return case.references(each[level] for each in answers if _is_forbidden(each[level]))


def _granted(level: RevealLevel, answers: list[Answers], *, coarsens: bool) -> bool:
    if level == "hidden" or (level == "coarse" and not coarsens):
        return False
    return all(each[level].allowed for each in answers) and _by_one([each[level].by for each in answers])


def _is_forbidden(answer: Answer) -> bool:
    """Tell a denial by policies from one for want of any."""
    return not answer.allowed and bool(answer.by)


def _by_one(deciding: list[tuple[str, ...]]) -> bool:
    """Tell whether what the policies leave closed is opened by one grant alone: two open no more than either."""
    by_grants = [{grant_of(name) for name in by} for by in deciding]
    closed = [grants for grants in by_grants if "" not in grants]
    return not closed or bool(set[str].intersection(*closed))
