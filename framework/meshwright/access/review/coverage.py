"""Find the policies that no test holds: whoever deletes one by mistake would not notice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from meshwright.access.cases import run_policy_tests
from meshwright.access.policies import CENTRAL, Policies, policy_file
from meshwright.access.statements import Statement, statements, without
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Unheld:
    """A policy whose removal changes the outcome of no test."""

    id: str
    where: str


def unheld(
    specs: Mapping[str, Spec], policies: Policies, tests: Mapping[str, str], now: datetime
) -> tuple[int, tuple[Unheld, ...]]:
    """Leave out each policy in turn and run the tests again; return how many there are, and those nobody missed.

    A product's own policy is held by the product's tests, a central one by those of any product.
    """
    usual = {name: _outcome(name, specs, policies, tests, now) for name in specs}
    counted, missed = 0, list[Unheld]()
    for policy, changed, products in _left_out(specs, policies):
        counted += 1
        if all(usual[name] == _outcome(name, specs, changed, tests, now) for name in products):
            missed.append(Unheld(policy.id, policy.where))
    return counted, tuple(missed)


def _left_out(specs: Mapping[str, Spec], policies: Policies) -> Iterator[tuple[Statement, Policies, tuple[str, ...]]]:
    for policy in statements(policies.central, CENTRAL)[0]:
        yield policy, replace(policies, central=without(policies.central, policy)), tuple(specs)
    for name in specs:
        text = policies.text(name)
        for policy in statements(text, policy_file(name))[0]:
            products = {**policies.products, name: without(text, policy)}
            yield policy, replace(policies, products=products), (name,)


def _outcome(
    product: str, specs: Mapping[str, Spec], policies: Policies, tests: Mapping[str, str], now: datetime
) -> frozenset[str]:
    """Name the tests of a product that fail, with what they say."""
    _, failed = run_policy_tests(tests.get(product, ""), specs[product], policies, now)
    return frozenset(str(finding) for finding in failed)
