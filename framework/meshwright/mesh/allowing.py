"""Write permits beside products, and run the tests that hold them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from meshwright.access import Finding, policy_file
from meshwright.access.allow import Permit, PolicyChange
from meshwright.access.allow import allow as changed_by
from meshwright.access.cases import cases_file, run_policy_tests
from meshwright.access.lint import blocking
from meshwright.access.mesh_cases import run_mesh_tests
from meshwright.errors import UnknownProduct
from meshwright.mesh.recording import live_of, register
from meshwright.mesh.world import World


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to show, what for, of which class, and why."""

    level: Literal["read", "token", "coarse", "clear"]
    purpose: str
    cls: str | None = None
    why: str = ""


def allow(world: World, team: str, product: str, wish: Wish, *, write: bool) -> str:
    """Compose the change; when it is written, the catalog hears of it at once."""
    if product not in world.specs:
        raise UnknownProduct(product, world.specs)
    permit = Permit(team, wish.level, wish.purpose, wish.cls, wish.why)
    tests = world.policy_texts.tests.get(product, "")
    change = changed_by(permit, world.specs[product], world.policies, tests, world.clock())
    if write and change.added:
        _write(world, change)
        _tell(world.reloaded(), product)
    return change.diff


def run_tests(world: World) -> tuple[list[Finding], int]:
    """Run every product's policy tests, and the mesh's own.

    A product without tests is a finding, policies that deny everything are one.
    """
    failed: list[Finding] = []
    cases = 0
    for name, text in world.policy_texts.mesh_tests.items():
        count, findings = run_mesh_tests(name, text, world.specs, world.policies, world.clock())
        cases += count
        failed += findings
    for name, spec in world.specs.items():
        if errors := blocking(world.policies, spec):
            told = [error for error in errors if error not in failed]
            failed += told
            cases += len(told)
            continue
        tests = world.policy_texts.tests.get(name)
        if tests is None:
            failed.append(Finding(cases_file(name), "is missing", "write at least one case that must be denied"))
            cases += 1
            continue
        count, findings = run_policy_tests(tests, spec, world.policies, world.clock())
        cases += count
        failed += findings
    return failed, cases


def _write(world: World, change: PolicyChange) -> None:
    for name, text in zip((policy_file(change.product), cases_file(change.product)), change.after, strict=True):
        path = _place(world, change.product, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _place(world: World, product: str, file: str) -> Path:
    """Find a policy file in the folder of the product's domain, wherever the workspace has it."""
    domain = product.partition(".")[0]
    folder = world.places[domain].folder
    if folder is None:
        raise UnknownProduct(product, world.specs, "a folder of this workspace")
    return folder / Path(file).relative_to(Path("domains") / domain)


def _tell(world: World, product: str) -> None:
    spec = world.specs[product]
    place = world.store.place(product, spec.major)
    version = world.store.published(place)
    if version is not None:
        stamp = world.store.stamp(place, version)
        register(world, world.products[product], live_of(version, stamp))
