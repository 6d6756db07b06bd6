"""Find the policies that no test holds: whoever deletes one by mistake would not notice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from meshwright.access.cases import Outcome, cases_file, readable, run_policy_tests
from meshwright.access.mesh_cases import mesh_cases_file, run_mesh_tests
from meshwright.access.policies import CENTRAL, Policies, policy_file
from meshwright.access.statements import Statement, statements, without
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

Tests = Callable[[Policies], Outcome]


@dataclass(frozen=True, slots=True)
class Unheld:
    """A policy whose removal changes the outcome of no test."""

    id: str
    where: str


def unheld(
    specs: Mapping[str, Spec], policies: Policies, tests: PolicyTexts, now: datetime
) -> tuple[int, tuple[Unheld, ...]]:
    """Leave out each policy in turn and run the tests again; return how many there are, and those nobody missed.

    A product's own policy is held by the product's tests, a central one by the mesh's own and by those of any product.
    """
    files = _files(specs, tests, now)
    usual = {file: _said(run(policies)) for file, run in files.items()}
    counted, missed = 0, list[Unheld]()
    for policy, changed, about in _left_out(specs, policies, tuple(files)):
        counted += 1
        if all(usual[file] == _said(files[file](changed)) for file in about):
            missed.append(Unheld(policy.id, policy.where))
    return counted, tuple(missed)


def _files(specs: Mapping[str, Spec], tests: PolicyTexts, now: datetime) -> dict[str, Tests]:
    """Give for each file of tests what runs them."""
    for name in specs:
        readable(tests.tests.get(name, ""), cases_file(name))
    found: dict[str, Tests] = {
        cases_file(name): partial(run_policy_tests, tests.tests.get(name, ""), spec, now=now)
        for name, spec in specs.items()
    }
    for name, text in tests.mesh_tests.items():
        found[mesh_cases_file(name)] = partial(run_mesh_tests, name, text, specs, now=now)
    return found


def _left_out(
    specs: Mapping[str, Spec], policies: Policies, files: tuple[str, ...]
) -> Iterator[tuple[Statement, Policies, tuple[str, ...]]]:
    for policy in statements(policies.central, CENTRAL)[0]:
        yield policy, replace(policies, central=without(policies.central, policy)), files
    for name in specs:
        text = policies.text(name)
        for policy in statements(text, policy_file(name))[0]:
            products = {**policies.products, name: without(text, policy)}
            yield policy, replace(policies, products=products), (cases_file(name),)


def _said(outcome: Outcome) -> frozenset[str]:
    """Name the tests that fail, with what they say."""
    return frozenset(str(finding) for finding in outcome[1])
