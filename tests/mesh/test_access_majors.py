"""Access to an older major version, by command, in a workspace that opens its catalog itself."""

import json
import re

import pytest
from shop import Shop, Stage

from meshwright import InputPort, Mesh

FOR = ("--purpose", "analytics", "--as", "pat")
PEOPLE = """
[teams.office]
domain = "office"
[teams.planning]
domain = "planning"
purposes = ["analytics"]
[users.dora]
teams = ["office"]
[users.bob]
teams = ["sales-team"]
[users.pat]
teams = ["planning"]
"""


@pytest.fixture
def renamed(shop: Shop, stage: Stage) -> Shop:
    """A shop whose second major version calls the addresses otherwise."""

    def make() -> None:
        file = shop.root / "policies" / "principals.toml"
        file.write_text('data_protection = ["office"]\n' + file.read_text(encoding="utf-8") + PEOPLE, "utf-8")
        shop.rewrite(shop.root / "policies" / "classes.toml", "[classes.pii]", "[classes.pii]\nbreak_glass = true")
        module = shop.module()
        text = module.read_text(encoding="utf-8").replace('version="1.0.0"', 'version="2.0.0"')
        source, contract, transform = text.rpartition("(Contract")
        transform = transform.replace("    email: Annotated", "    mail: Annotated", 1)
        transform = re.sub(r"conform\((\w+)", r'conform(\1.rename({"email": "mail"})', transform)
        module.write_text(source + contract + transform, encoding="utf-8")
        shop.works("build")

    stage.set("renamed", make)
    return shop


MAJORS: tuple[tuple[str, ...], ...] = ((), ("--major", "1"))


def named(shop: Shop, *more: str) -> dict[str, list[str]]:
    sights = json.loads(shop.works("access", "who-can", "sales.orders", *more, "--json"))["sights"]
    return {s["principal"]: sorted(s["columns"]) for s in sights}


def test_who_can_and_explain_speak_of_the_major_that_is_asked_for(renamed: Shop) -> None:
    newest, older = (renamed.works("access", "who-can", "sales.orders", *more) for more in ((), ("--major", "1")))
    elsewhere = renamed.run("access", "who-can", "sales.orders", "-c", "email")
    nowhere = [renamed.run("access", each, "sales.orders", "--major", "7") for each in ("who-can", "explain")]
    rows = [json.loads(renamed.run("access", "explain", "sales.orders", "--json", *m).out)["rows"] for m in MAJORS]

    assert "; major 2 was looked at; major 1 is read too: ask for major 1; " in newest
    assert "; major 1 was looked at; major 2 is read too: ask for major 2; " in older
    assert "no column 'email'\n  hint: major 1 has it: ask for major 1\n" in elsewhere.err
    assert [2, 2] == [each.code for each in nowhere]
    assert ["has no major version 7" in each.err for each in nowhere] == [True, True]
    assert [(False, True), (True, False)] == [
        ("email" in names, "mail" in names) for names in ({row["column"] for row in each} for each in rows)
    ]


def test_an_older_major_is_read_where_it_is_asked_for(renamed: Shop) -> None:
    older, newest = (json.loads(renamed.works("read", "sales.orders", "--json", *more)) for more in MAJORS[::-1])
    nowhere = renamed.run("read", "sales.orders", "--major", "7")

    assert [(True, False), (False, True)] == [
        ("email" in told["levels"], "mail" in told["levels"]) for told in (older, newest)
    ]
    assert (2, True) == (nowhere.code, "has no major version 7" in nowhere.err)


def test_a_port_reads_the_major_that_it_is_bound_to(renamed: Shop) -> None:
    class Older(InputPort, of="sales.orders", version=1):
        email: str

    class Newer(InputPort, of="sales.orders", version=2):
        mail: str

    mesh = Mesh.open(renamed.root)

    assert [["email"], ["mail"]] == [mesh.read(port).collect_schema().names() for port in (Older, Newer)]


def test_what_only_the_older_major_has_is_granted_and_broken_open(renamed: Shop) -> None:
    wanted = ("-c", "email", "--level", "clear", "--until", "30d", "--reason", "calls", *FOR)
    asked = renamed.works("access", "request", "sales.orders", *wanted)
    grant = asked.split()[0]
    half = renamed.works("access", "approve", grant, "--as", "bob")
    before = named(renamed, "--major", "1", "-c", "email", "--level", "clear", "--as", "dora")
    renamed.works("access", "approve", grant, "--as", "dora")
    after = named(renamed, "--major", "1", "-c", "email", "--level", "clear", "--as", "dora")
    opened = renamed.works("access", "break-glass", "sales.orders", "-c", "email", "--reason", "an accident", *FOR)

    assert "waits for owner and data protection" in asked
    assert "waits for data protection" in half
    assert (None, ["email"]) == (before.get("user:pat"), after.get("user:pat"))
    assert "active: email as clear" in opened
