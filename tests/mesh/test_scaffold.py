"""What `mesh new` writes is green as it stands, and each part of it turns something red when it is removed."""

import csv
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from shop import Shop

FORMS = ("csv", "tsv", "jsonl", "parquet", "xlsx", "sqlite", "delta")
PERSONAL = ("full_name", "email", "phone", "born_on")
HOSTILE: Mapping[str, tuple[str, ...]] = {
    "spaced": ("Order ID", "Customer Name", "Unit Price"),
    "keywords": ("class", "def", "import"),
    "twice": ("a", "a", "A"),
    "methods": ("json", "conform", "example"),
    "pictures": ("😀", "col 😀 x", "naïve"),
    "endless": ("x" * 200, "y", "z"),
    "alike": ("x" * 100 + "1", "x" * 100 + "2", "z"),
    "digits": ("1st", "2nd", "3 rd"),
    "quoted": ('say "hi"', "it's", "back\\slash"),
    "empty": ("", "b", "c"),
    "inner": ("__mesh__", "_private", "__class__"),
    "lines": ("a\nb", "c\td", "e"),
    "builtins": ("str", "int", "datetime"),
    "imported": ("Annotated", "rows", "Key"),
    "rejects": ("_stage", "_failed", "_run_id"),
    "braces": ("{x}", "%s", "$y"),
    # The product's own name is what is hostile here.
    "contracts": ("Contract", "id", "name"),
    "products": ("product", "Product", "n"),
    "frames": ("frame", "Frame", "n"),
    "hostile_columns_of_a_product_with_a_very_long_name": ("k", "vocabulary of a column with a very long name", "n"),
}


def people(rows: int = 30) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": [f"C-{i:03}" for i in range(rows)],
            "full_name": [f"Zoe Zimtstern{i}" for i in range(rows)],
            "email": [f"zoe.{i}@zimtstern.example" for i in range(rows)],
            "phone": [f"+49 30 1234{i:03}" for i in range(rows)],
            "segment": ["research", "medical", "logistics"] * (rows // 3),
            "amount": [i + 0.25 for i in range(rows)],
            "pieces": [i + 1 for i in range(rows)],
            "active": [True, False, None] * (rows // 3),
            "joined_at": [datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(days=i) for i in range(rows)],
            "born_on": [date(1980, 1, 1) + timedelta(days=31 * i) for i in range(rows)],
        }
    )


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    joined = pl.col("joined_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return frame.with_columns(joined, pl.col("born_on").cast(pl.String))


def hand_over(folder: Path, form: str) -> tuple[str, ...]:
    """Write the people in one form; give the arguments that name the file."""
    frame, path = people(), folder / f"people_{form}.{form}"
    match form:
        case "csv":
            as_text(frame).write_csv(path)
        case "tsv":
            as_text(frame).write_csv(path, separator="\t")
        case "jsonl":
            as_text(frame).write_ndjson(path)
        case "parquet":
            frame.write_parquet(path)
        case "xlsx":
            frame.with_columns(pl.col("joined_at").dt.replace_time_zone(None)).write_excel(path)
        case "sqlite":
            _write_sqlite(path, as_text(frame))
            return (path.name, "--table", "people")
        case _:
            frame.write_delta(folder / "people_delta")
            return ("people_delta",)
    return (path.name,)


def _write_sqlite(path: Path, frame: pl.DataFrame) -> None:
    connection = sqlite3.connect(path)
    kinds = ("text", "text", "text", "text", "text", "real", "integer", "integer", "text", "text")
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(frame.columns, kinds, strict=True))
    connection.execute(f"create table people ({columns})")
    connection.executemany(f"insert into people values ({', '.join('?' * len(kinds))})", frame.rows())  # noqa: S608
    connection.commit()
    connection.close()


def run_tests(shop: Shop, domain: str = "sales") -> subprocess.CompletedProcess[str]:
    """Run the generated tests as the domain's README says."""
    return run_pytest(shop.root / "domains" / domain, "-q")


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, without what this checkout adds to it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def assert_green(shop: Shop, domain: str = "sales") -> None:
    shop.works("contracts", "write")
    shop.works("check")
    shop.works("access", "test")
    built = shop.works("build")
    tested = run_tests(shop, domain)

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert not re.search(r"\+ [1-9]\d* (rejected|quarantined)", built), built


def assert_formatted(shop: Shop, width: int) -> None:
    ruff = (sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--diff", "--line-length", str(width))
    said = subprocess.run([*ruff, "domains"], cwd=shop.root, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout


def test_a_domain_is_green_as_generated(empty: Shop) -> None:
    empty.works("new", "domain", "sales")

    empty.works("check")
    empty.works("access", "test")
    assert "there are no products here yet" in empty.works("build")


def test_products_from_a_template_are_green_as_generated(empty: Shop) -> None:
    empty.works("new", "product", "sales.orders")
    empty.works("new", "product", "sales.entirely_unexpected_deliveries_of_spare_parts")

    assert_green(empty)
    assert_formatted(empty, 88)
    assert_formatted(empty, 120)


@pytest.fixture
def template(empty: Shop) -> Shop:
    """A product from the template, built."""
    empty.works("new", "product", "sales.orders")
    empty.works("contracts", "write")
    empty.works("build")
    return empty


@pytest.mark.slow
def test_pytest_in_the_workspaces_folder_runs_the_tests_of_every_domain(empty: Shop) -> None:
    for domain in ("sales", "planning"):
        empty.works("new", "product", f"{domain}.orders")

    at_once, one = run_pytest(empty.root, "-v", "domains"), run_pytest(empty.root, "-v")

    for said in (at_once, one):
        assert said.returncode == 0, said.stdout + said.stderr
        assert "6 passed" in said.stdout
    assert run_tests(empty).returncode == 0


def test_a_pytest_ini_of_somebodys_own_stays_as_it_is(empty: Shop) -> None:
    (empty.root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    empty.works("new", "domain", "sales")

    assert "[pytest]\n" == (empty.root / "pytest.ini").read_text(encoding="utf-8")


def without_policies(shop: Shop) -> None:
    (shop.root / "domains/sales/policies/orders.cedar").write_text("", encoding="utf-8")


def without(old: str, new: str = "") -> Callable[[Shop], None]:
    return lambda shop: shop.rewrite(shop.module(), old, new)


RULE = re.compile(r"\n    @rule\n.*?(?=\n\n\n@product)", re.DOTALL)


def without_rule(shop: Shop) -> None:
    text = shop.module().read_text(encoding="utf-8")
    changed = RULE.sub("", text)
    assert changed != text
    shop.module().write_text(changed, encoding="utf-8")


@pytest.mark.parametrize(
    ("removed", "red"),
    [
        (without_policies, "access"),
        (without_rule, "pytest"),
        (without("Annotated[int, Gt(0)]", "int"), "pytest"),
        (without('.with_columns(pl.col("quantity").cast(pl.Int64))'), "pytest"),
        (without('.with_columns(pl.col("quantity").cast(pl.Int64))'), "build"),
    ],
)
def test_what_is_removed_turns_red(template: Shop, removed: Callable[[Shop], None], red: str) -> None:
    removed(template)

    if red == "pytest":
        assert 1 == run_tests(template).returncode
    else:
        assert 1 == template.run(*{"access": ("access", "test"), "build": ("build",)}[red]).code


def test_each_policy_removed_alone_turns_the_access_test_red(shop: Shop) -> None:
    policy = shop.root / "domains/sales/policies/orders.cedar"
    whole = policy.read_text(encoding="utf-8")
    parts = re.split(r"(?=^@id)", whole, flags=re.MULTILINE)

    assert 3 <= len(parts)
    for number, part in enumerate(parts):
        if part.startswith("@id"):
            policy.write_text("".join(parts[:number] + parts[number + 1 :]), encoding="utf-8")
            assert 1 == shop.run("access", "test").code, part
    policy.write_text(whole, encoding="utf-8")
    shop.works("access", "test")


def test_an_inferred_promise_removed_turns_the_generated_test_red(empty: Shop) -> None:
    empty.works("new", "product", "sales.people", "--from", *hand_over(empty.root, "csv"))
    module = empty.module("sales.people")
    text = module.read_text(encoding="utf-8")
    changed = re.sub(r"Literal\[[^\]]*\]", "str", text)
    module.write_text(changed, encoding="utf-8")

    after = run_tests(empty)

    assert text != changed
    assert 1 == after.returncode
    assert "_keeps_its_promise" in after.stdout


@pytest.fixture
def every_form(empty: Shop) -> Shop:
    """One domain whose products were inferred from the same people in every form."""
    for form in FORMS:
        said = empty.works("new", "product", f"sales.people_{form}", "--from", *hand_over(empty.root, form))
        assert "imtstern" not in said
    return empty


@pytest.mark.slow
def test_files_of_every_form_are_green_and_masked_as_inferred(every_form: Shop) -> None:
    assert_green(every_form)
    assert_formatted(every_form, 88)
    assert_formatted(every_form, 120)

    plain = people()
    for form in FORMS:
        table = pl.read_delta(str(every_form.root / f"lake/sales/people_{form}/v1"))
        assert plain["email"].to_list() == table.sort("customer_id")["email"].to_list(), form
        assert plain["joined_at"].to_list() == table.sort("customer_id")["joined_at"].to_list(), form
        view = every_form.mesh().view(f"sales.people_{form}")
        assert dict.fromkeys(PERSONAL, "token") == {n: view.levels[n] for n in PERSONAL}, form
        seen = view.frame.collect().write_csv()
        assert "imtstern" not in seen, form
        assert "+49" not in seen, form
        assert "research" in seen, form
    everything = [f for f in (every_form.root / "domains").rglob("*") if f.is_file() and f.suffix != ".pyc"]
    assert not [f for f in everything if b"imtstern" in f.read_bytes() or b"+49" in f.read_bytes()]


@pytest.mark.slow
def test_an_inferred_product_satisfies_mypy_strict(empty: Shop) -> None:
    empty.works("new", "product", "sales.people", "--from", *hand_over(empty.root, "csv"))
    empty.works("new", "product", "sales.orders")
    (package,) = (empty.root / "domains/sales").glob("shop_*")
    (empty.root / "mypy.ini").write_text("[mypy]\nstrict = true\nincremental = false\n", encoding="utf-8")

    folder = empty.root / "domains" / "sales"
    command = [sys.executable, "-m", "mypy", "--config-file", str(empty.root / "mypy.ini"), "-p", package.name]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.slow
def test_hostile_column_names_become_products_that_are_green(empty: Shop) -> None:
    for name, header in HOSTILE.items():
        with (empty.root / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(header)
            writer.writerows([f"k{i}", f"v{i % 3}", i] for i in range(9))
        empty.works("new", "product", f"sales.{name}", "--from", f"{name}.csv")

    assert_green(empty)
    assert_formatted(empty, 88)
    assert_formatted(empty, 120)
    for name in HOSTILE:
        table = pl.read_delta(str(empty.root / f"lake/sales/{name}/v1"))
        assert (9, 3) == table.shape, name
        assert [f"k{i}" for i in range(9)] == sorted(table.to_series(0).to_list()), name
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in table.columns), table.columns


def test_a_second_product_leaves_the_first_as_it_is(shop: Shop) -> None:
    module, policy = shop.module(), shop.root / "domains/sales/policies/orders.cedar"
    before = (module.read_bytes(), policy.read_bytes())
    shutil.copy(shop.root / "orders.csv", shop.root / "more.csv")

    shop.works("new", "product", "sales.more_orders", "--from", "more.csv")

    built = shop.works("build")
    assert before == (module.read_bytes(), policy.read_bytes())
    assert "sales.orders: version 1" in built  # the package's code is part of its build key
    assert "sales.more_orders: version 0" in built
    assert_green(shop)


def test_a_product_that_is_there_is_not_written_over(shop: Shop) -> None:
    before = {f: f.read_bytes() for f in (shop.root / "domains").rglob("*.*") if f.is_file() and f.suffix != ".pyc"}

    said = shop.run("new", "product", "sales.orders", "--from", "orders.csv")

    assert 2 == said.code
    assert "is there already" in said.err
    assert before == {f: f.read_bytes() for f in before}


def test_a_suggestion_of_personal_data_says_why_in_counts(empty: Shop) -> None:
    (empty.root / "orders.csv").write_text("order_id,email\n1,ana@example.com\n2,ben@example.com\n", encoding="utf-8")

    said = empty.works("new", "product", "sales.orders", "--from", "orders.csv")

    assert "email: pii.contact.email: 2 of 2 different values look like it, the name says so" in said
    assert "example.com" not in said


def test_another_team_may_own_a_product_and_sees_its_tokens(shop: Shop) -> None:
    shutil.copy(shop.root / "orders.csv", shop.root / "more.csv")

    shop.works("new", "product", "sales.more", "--from", "more.csv", "--owner", "night-shift")

    assert_green(shop)
    assert "unknown owner" not in shop.works("check")
    assert "night-shift" in (shop.root / "policies/principals.toml").read_text(encoding="utf-8")
    assert "token" == shop.mesh("ana", "analytics").view("sales.more").levels["email"]


@pytest.mark.parametrize("owner", ['we"ird', "Sales Team", "../team", "x" * 64, "-team"])
def test_a_team_that_cannot_be_named_in_code_is_refused_before_anything_is_written(empty: Shop, owner: str) -> None:
    for command in (("new", "domain", "sales"), ("new", "product", "sales.orders")):
        said = empty.run(*command, f"--owner={owner}")
        assert said.code in (1, 2)
        assert "is not a valid name" in said.err
    assert not (empty.root / "domains").exists()


def test_what_fields_of_a_structure_look_like_is_told_by_their_paths(empty: Shop) -> None:
    rows = [{"id": n, "home": {"mail": f"a.b{n}@x.example", "n": n}} for n in range(2)]
    pl.DataFrame(rows).write_ndjson(empty.root / "people.jsonl")

    said = empty.works("new", "product", "sales.people", "--from", "people.jsonl")

    assert "home.mail: pii.contact.email: 2 of 2 different values look like it, the name says so" in said
