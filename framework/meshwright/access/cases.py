"""Policy tests: who is expected to see what, beside the policies that grant it.

product: sales.orders
cases:
  - name: planners join on tokens
    principal: ben            # or team:NAME (any member), service:DOMAIN.PRODUCT, anyone (no team, this purpose)
    purpose: demand-planning
    now: 2026-06-01T00:00:00Z # optional
    discover: true            # optional, like read and columns
    read: true
    columns:
      customer_email: token          # the strongest level
      shipping_address: [token]      # exactly these levels
    rows:                            # examples; a column that is left out is null
      seen: [{country: DE}]
      hidden: [{country: US}, {}]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meshwright.access.decide import decide
from meshwright.access.decision import AccessRequest, Decision
from meshwright.access.finding import Finding
from meshwright.access.plain_yaml import read_yaml, said_of
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.rows.cases import RowCases, row_failures
from meshwright.errors import PolicyRejected, UnknownPrincipal, nearest
from meshwright.markers import RevealLevel
from meshwright.names import governed_by
from meshwright.spec import Spec


class Case(BaseModel):
    """What one principal is expected to see for one purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    principal: str
    purpose: str
    now: datetime | None = None
    discover: bool | None = None
    read: bool | None = None
    columns: dict[str, RevealLevel | tuple[RevealLevel, ...]] = Field(default_factory=dict)
    rows: RowCases = RowCases()


class CaseFile(BaseModel):
    """The tests of one product."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str
    cases: tuple[Case, ...] = Field(min_length=1)


T = TypeVar("T", bound=CaseFile)

_MEANT = {
    "extra_forbidden": "is not known here",
    "missing": "is missing",
    "model_type": "has to be names with their values, as docs/access.md shows",
    "literal_error": "has to be a level: hidden, token, coarse or clear, or a list of them",
    "string_type": "has to be text",
    "bool_parsing": "has to be true or false",
    "dict_type": "has to be columns with their values, such as `{country: DE}`",
    "tuple_type": "has to be a list",
}
"""What is told of the mistakes that people make, by Pydantic's name for them."""

Outcome = tuple[int, tuple[Finding, ...]]
"""How many cases there are, and a finding for each that fails."""


def run_policy_tests(text: str, spec: Spec, policies: Policies, now: datetime) -> Outcome:
    """Run the tests of a product; `now` is the time of cases that state none.

    A file that cannot be read is one failed case.
    """
    file = cases_file(spec.id)
    found = read_cases(text, file, CaseFile)
    if isinstance(found, Finding):
        return 1, (found,)
    if found.product != governed_by(spec.id):
        return 1, (Finding(file, f"tests {found.product!r}, not {spec.id!r}"),)
    return run_cases(found.cases, file, spec, policies, now)


def read_cases(text: str, file: str, kind: type[T]) -> T | Finding:
    """Read a file of cases, or say what is wrong with it."""
    try:
        read = read_yaml(text)
    except yaml.YAMLError as error:
        return Finding(file, f"is no YAML: {said_of(error)}")
    if not isinstance(read, dict) or not read.get("cases"):
        return Finding(file, "has no cases", "write `product:` and `cases:`, or remove the file")
    try:
        return kind.model_validate(read)
    except ValidationError as error:
        return Finding(file, _fault(error, read["cases"]))


def _fault(error: ValidationError, cases: Any) -> str:
    """Say which case is wrong, by its name where it has one, and what about it; no value is repeated."""
    first = error.errors(include_input=False, include_url=False)[0]
    words = _MEANT.get(first["type"], first["msg"])
    where, path = "", first["loc"]
    if len(path) > 1 and path[0] == "cases" and isinstance(path[1], int):
        where, path = f"case {_named(cases, path[1])}", path[2:]
    within = ".".join(str(each) for each in path if not str(each).startswith(("literal[", "tuple[")))
    return f"{', '.join(filter(None, (where, within)))}: {words}"


def _named(cases: Any, number: int) -> str:
    """Give the name of a case, or its number from 1."""
    match cases[number]:
        case {"name": str(name)}:
            return repr(name)
        case _:
            return str(number + 1)


def readable(text: str, file: str) -> None:
    """Raise `PolicyRejected` for tests that cannot be read; without any there is nothing to read."""
    found = read_cases(text, file, CaseFile) if text.strip() else None
    if isinstance(found, Finding):
        raise PolicyRejected(file, found.problem, found.hint)


def run_cases(cases: Sequence[Case], file: str, spec: Spec, policies: Policies, now: datetime) -> Outcome:
    """Decide each case about a product as its contract stands."""
    failed = [Finding(f"{file}: {case.name}", "; ".join(_failures(case, spec, policies, now))) for case in cases]
    return len(cases), tuple(finding for finding in failed if finding.problem)


def example_rows(text: str) -> tuple[Mapping[str, Any], ...]:
    """Collect the different example rows of a product's tests; none from a file that cannot be read."""
    found = read_cases(text, "", CaseFile)
    if isinstance(found, Finding):
        return ()
    rows = [row for case in found.cases for row in (*case.rows.seen, *case.rows.hidden)]
    return tuple({repr(sorted(row.items())): row for row in rows}.values())


def cases_file(product: str) -> str:
    """Name the file of a product's policy tests, within the workspace."""
    domain, _, name = governed_by(product).partition(".")
    return f"domains/{domain}/policies/tests/{name}.yaml"


def subject(name: str, purpose: str, policies: Policies) -> tuple[Principal, Policies]:
    """Find whom a test speaks of; a stand-in (`team:`, `anyone`) is added to the policies it is decided by."""
    kind, colon, rest = name.partition(":")
    known = policies.principals
    if name == "anyone":
        made = Principal("user", name, "", (), (purpose,))
    elif colon and kind == "team":
        if rest not in known.teams:
            raise UnknownPrincipal("team", rest, known.teams)
        made = known.whoever(rest)
    else:
        return (known.find(rest, "service") if colon and kind == "service" else known.find(name)), policies
    users = {**known.users, made.name: made}
    return made, replace(policies, principals=replace(known, users=users))


def _failures(case: Case, spec: Spec, policies: Policies, now: datetime) -> Iterator[str]:
    try:
        principal, known = subject(case.principal, case.purpose, policies)
    except UnknownPrincipal as error:
        yield str(error)
        return
    if case.purpose and case.purpose not in policies.purposes:
        yield f"unknown purpose {case.purpose!r}{nearest(case.purpose, policies.purposes.parents)}"
        return
    decision = decide(AccessRequest(principal, case.purpose, case.now or now, spec), known)
    for what, expected, found in (
        ("discover", case.discover, decision.discover),
        ("read", case.read, decision.read),
    ):
        if expected is not None and expected != found:
            yield f"{what} is {_word(found)}, expected {_word(expected)}" + (
                f" ({decision.problem})" if decision.problem else ""
            )
    for path, level in case.columns.items():
        yield from _level_failure(path, level, decision, spec)
    yield from row_failures(case.rows, decision, spec)


def _level_failure(
    path: str, expected: RevealLevel | tuple[RevealLevel, ...], decision: Decision, spec: Spec
) -> Iterator[str]:
    column = decision.column(path)
    if decision.read and path not in decision.columns:
        yield f"{spec.id} has no column {path!r}{nearest(path, decision.columns)}"
    elif isinstance(expected, str):
        if column.level != expected:
            yield f"{path} is {column.level}, expected {expected}"
    elif set(column.granted) != set(expected) - {"hidden"}:
        yield f"{path} is {', '.join(column.granted) or 'hidden'}, expected {', '.join(expected)}"


def _word(value: Any) -> str:
    return "granted" if value else "denied"
