"""The mesh's policy files: those of this repository, those of a new workspace, and damaged ones."""

from datetime import UTC, datetime
from pathlib import Path
from string import Template

import pytest

from meshwright.access import AccessRequest, Policies, Principal, decide, lint, policies_of
from meshwright.access.principals import parse_principals
from meshwright.access.taxonomy import Purposes, parse_classes, parse_purposes
from meshwright.errors import InvalidName, PolicyRejected, UnknownPrincipal
from meshwright.io.policies import read_policies
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "framework" / "meshwright" / "scaffold" / "templates"


def write_mesh(folder: Path, texts: PolicyTexts) -> Path:
    folder.mkdir()
    (folder / "classes.toml").write_text(texts.classes)
    (folder / "purposes.toml").write_text(texts.purposes)
    (folder / "principals.toml").write_text(texts.principals)
    (folder / "mesh.cedar").write_text(texts.central)
    return folder


def template(name: str) -> str:
    text = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(mesh="sales", person="ana")


def test_the_policies_of_thenar_are_clean() -> None:
    policies = policies_of(read_policies(ROOT / "policies", {}))

    assert () == lint(policies, [])
    assert {"ana", "ben", "chiara", "dora", "eve"} == set(policies.principals.users)


def test_a_new_workspace_starts_with_policies_that_are_clean() -> None:
    started = PolicyTexts(
        template("classes.toml"), template("purposes.toml"), template("principals.toml"), template("mesh.cedar")
    )

    policies = policies_of(started)

    assert () == lint(policies, [])
    assert ("sales", ("analytics", "operations")) == (
        policies.principals.users["ana"].domain,
        policies.principals.users["ana"].purposes,
    )


def test_thenar_started_from_the_policies_of_a_new_workspace() -> None:
    assert template("mesh.cedar") == (ROOT / "policies" / "mesh.cedar").read_text(encoding="utf-8")
    started = parse_classes(template("classes.toml"))
    grown = parse_classes((ROOT / "policies" / "classes.toml").read_text(encoding="utf-8"))
    assert started.rules.items() <= grown.rules.items()


def test_policies_and_tests_are_read_by_domain_and_product_and_those_of_the_mesh_by_file(
    tmp_path: Path, texts: PolicyTexts
) -> None:
    folder = tmp_path / "sales" / "policies" / "tests"
    folder.mkdir(parents=True)
    (folder.parent / "customers.cedar").write_text("// customers")
    (folder / "customers.yaml").write_text("product: sales.customers")

    mesh = write_mesh(tmp_path / "policies", texts)
    (mesh / "tests").mkdir()
    (mesh / "tests" / "secrets.yaml").write_text("product: sales.anything")

    found = read_policies(mesh, {"sales": tmp_path / "sales"})

    assert {"secrets": "product: sales.anything"} == found.mesh_tests
    assert {"sales.customers": "// customers"} == found.products
    assert {"sales.customers": "product: sales.customers"} == found.tests
    assert texts.central == found.central


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, texts: PolicyTexts) -> None:
    folder = write_mesh(tmp_path / "policies", texts)
    (folder / "mesh.cedar").write_bytes(b"\xff")
    with pytest.raises(PolicyRejected, match=r"mesh\.cedar: is not UTF-8"):
        read_policies(folder, {})
    (folder / "mesh.cedar").write_text("/" * 1_000_001)
    with pytest.raises(PolicyRejected, match="is larger than"):
        read_policies(folder, {})
    (folder / "mesh.cedar").unlink()
    with pytest.raises(PolicyRejected, match="cannot be read: No such file"):
        read_policies(folder, {})


def test_a_file_named_after_no_product_is_refused(tmp_path: Path, texts: PolicyTexts) -> None:
    (tmp_path / "sales" / "policies").mkdir(parents=True)
    (tmp_path / "sales" / "policies" / "Cust omers.cedar").write_text("")

    with pytest.raises(InvalidName):
        read_policies(write_mesh(tmp_path / "policies", texts), {"sales": tmp_path / "sales"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[classes", "classes.toml: "),
        ('[classes."pii.name"]', "parent 'pii' is not declared"),
        ("[classes.Pii]", "is not a valid name"),
        ('[classes.pii]\ncoarse = "blur"', "unknown coarse method"),
        ('[classes.pii]\ntoken = "md5"', "unknown token normalisation"),
        ("[classes.pii]\nmask = 1", "unknown setting 'mask'"),
        ("[classes.pii]\ncoarse = 1", "'coarse' is no text"),
        ("[class.pii]", "unknown table 'class'"),
        ('classes = "pii"', "is no table of tables"),
        ('[classes.pii]\ninfluence = "pi"', "influences unknown class 'pi'"),
    ],
)
def test_a_class_tree_that_means_nothing_is_refused(text: str, problem: str) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        parse_classes(text)

    assert problem in str(rejected.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[purposes.a]\nparent = "b"', "parent 'b' is not declared"),
        ('[purposes.a]\nparent = "a"', "is its own ancestor"),
        ('[purposes.a]\nparent = "b"\n[purposes.b]\nparent = "a"', "is its own ancestor"),
        ('[purposes.a]\nparent = "b"\n[purposes.b]\nparent = "c"\n[purposes.c]\nparent = "b"', "is its own ancestor"),
        ("[purposes.A]", "is not a valid name"),
        ("[purposes.a]\nparnt = 1", "unknown setting 'parnt'"),
    ],
)
def test_a_purpose_tree_that_means_nothing_is_refused(text: str, problem: str) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        parse_purposes(text)

    assert problem in str(rejected.value)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('teams = ["desk"]', 'teams = ["dsk"]', "unknown team 'dsk'; did you mean 'desk'?"),
        ('purposes = ["fraud", "analytics"]', 'purposes = ["fruad"]', "unknown purpose 'fruad'; did you mean 'fraud'?"),
        ("[users.ana]", '[users."ana\\u0000"]', "is not a valid name"),
        ('teams = ["desk"]', 'team = "desk"', "unknown setting 'team'"),
        ('teams = ["desk"]', 'teams = "desk"', "'teams' is no list of texts"),
    ],
)
def test_principals_that_mean_nothing_are_refused(texts: PolicyTexts, old: str, new: str, problem: str) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        policies_of(PolicyTexts(texts.classes, texts.purposes, texts.principals.replace(old, new)))

    assert problem in str(rejected.value)


def test_an_unknown_name_comes_with_the_nearest(policies: Policies) -> None:
    with pytest.raises(UnknownPrincipal, match="no user 'anna'; did you mean 'ana'"):
        policies.principals.find("anna")


def test_a_mesh_without_central_policies_shows_nothing(texts: PolicyTexts, customers: Spec) -> None:
    policies = policies_of(PolicyTexts(texts.classes, texts.purposes, texts.principals), [customers])
    request = AccessRequest(policies.principals.find("ana"), "fraud", datetime(2026, 7, 1, tzinfo=UTC), customers)

    decision = decide(request, policies)

    assert (False, False, "") == (decision.discover, decision.read, decision.problem)


def test_data_protection_is_the_known_people_of_the_teams_named(texts: PolicyTexts) -> None:
    named = parse_principals('data_protection = ["desk"]\n' + texts.principals, parse_purposes(texts.purposes))
    unnamed = parse_principals(texts.principals, parse_purposes(texts.purposes))
    ana = named.find("ana")

    assert frozenset({"desk"}) == named.data_protection
    assert (True, False) == (named.protects_data(ana), unnamed.protects_data(ana))
    assert not named.protects_data(Principal("user", "invented", ana.domain, ("desk",)))
    assert not named.protects_data(Principal("service", "ana", ana.domain, ("desk",)))


@pytest.mark.parametrize(
    ("line", "problem"),
    [('data_protection = ["dsk"]', "unknown team 'dsk'"), ('data_protection = "desk"', "is no list of texts")],
)
def test_data_protection_that_means_nobody_is_refused(texts: PolicyTexts, line: str, problem: str) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        parse_principals(f"{line}\n{texts.principals}", parse_purposes(texts.purposes))

    assert problem in str(rejected.value)


def test_the_purposes_that_somebody_may_name_are_listed_once_their_own_first() -> None:
    tree = Purposes({"all": "", "analytics": "all", "churn": "analytics", "fraud": ""})

    assert ("churn", "analytics") == tree.open_to(("churn", "gone", "analytics"))
    assert ("all", "analytics", "churn") == tree.open_to(("all",))
