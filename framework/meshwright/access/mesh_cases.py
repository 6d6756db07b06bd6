"""Tests of the mesh's own policies, about a product that is made up: those hold for all, whatever there is today.

product: sales.anything      # of any domain, and none of the mesh's
columns:                     # columns of text, with their classes
  id: []
  password: [secret]
policies: ...                # Cedar that the product would have beside the mesh's own; optional
cases: ...                   # as in the tests of a product
"""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from pydantic import Field

from meshwright.access.cases import CaseFile, Outcome, read_cases, run_cases
from meshwright.access.finding import Finding
from meshwright.access.lint import blocking
from meshwright.access.policies import Policies, policy_file
from meshwright.errors import InvalidName, nearest
from meshwright.names import own_product_id
from meshwright.spec import ColumnSpec, ScalarType, Spec


class MeshCaseFile(CaseFile):
    """The tests of policies that are about all products, on one that is made up."""

    columns: dict[str, tuple[str, ...]] = Field(min_length=1)
    policies: str = ""


def mesh_cases_file(name: str) -> str:
    """Name a file of tests of the mesh's own policies, within the workspace."""
    return f"policies/tests/{name}.yaml"


def run_mesh_tests(name: str, text: str, real: Container[str], policies: Policies, now: datetime) -> Outcome:
    """Run one file of tests of the mesh's own policies; `now` is the time of cases that state none.

    A file that cannot be read, names one of the `real` products or cannot be decided about is one failed case.
    """
    file = mesh_cases_file(name)
    found = read_cases(text, file, MeshCaseFile)
    if isinstance(found, Finding):
        return 1, (found,)
    problem = _problem(found, real, policies)
    if problem:
        return 1, (Finding(file, problem),)
    spec = _made_up(found)
    rules = policies.with_product(spec, found.policies)
    if errors := blocking(rules, spec):
        return len(errors), tuple(
            replace(each, where=each.where.replace(policy_file(spec.id), f"{file}: policies")) for each in errors
        )
    return run_cases(found.cases, file, spec, rules, now)


def _problem(found: MeshCaseFile, real: Container[str], policies: Policies) -> str:
    try:
        own_product_id(found.product)
    except InvalidName as error:
        return str(error)
    if found.product in real:
        return f"{found.product} is a product of the mesh, and tested beside its own policies; make one up"
    known = policies.classes.rules
    unknown = sorted({name for classes in found.columns.values() for name in classes if name not in known})
    return f"unknown class {unknown[0]!r}{nearest(unknown[0], known)}" if unknown else ""


def _made_up(found: MeshCaseFile) -> Spec:
    text = ScalarType(kind="string")
    columns = [ColumnSpec(name=name, type=text, classes=c, nullable=True) for name, c in found.columns.items()]
    return Spec(id=found.product, version="1.0.0", columns=tuple(columns))
