"""Every command exits 0 when all is well, 1 on a finding, and 2 when what it was asked means nothing."""

import pytest
from shop import Shop, Stage

WELL = (
    "access coverage",
    "access explain sales.orders",
    "access grants",
    "access orphans --as dora",
    "access pending",
    "access requests",
    "access test",
    "access versions sales.orders",
    "access who-can sales.orders",
    "audit head --as dora",
    "audit list --as dora",
    "audit verify --as dora",
    "build",
    "check",
    "contracts write",
    "doctor",
    "lineage sales.orders",
    "lineage verify",
    "plan",
    "read sales.orders",
    "search",
    "search nothing of that kind",
    "show sales.orders",
    "token ana",
)
FINDING = (
    "access approve-policy sales.orders --version 1",
    "access refuse-policy sales.orders --version 1 --reason no",
    "access explain sales.orders --purpose unheard-of",
    "access explain sales.orders --as eve --purpose operations",
    "audit list",
    "read sales.orders --purpose unheard-of",
    "token nobody",
    "read sales.orders --as nobody",
    "access explain sales.orders --as nobody",
    "read sales.orders -c email --level email=clear",
)
WRONG = (
    "--env nope plan",
    "--workspace / plan",
    "access allow nobody sales.orders --level read --purpose operations",
    "access explain sales.nope",
    "access allow sales-team sales.orders --level read --purpose nope",
    "access approve gr-nope",
    "access rollback sales.orders",
    "access rollback sales.nope",
    "access versions sales.nope",
    "access who-can sales.nope",
    "build sales.nope",
    "build --nope",
    "contracts diff nope",
    "lineage sales.nope",
    "lineage sales.orders.nope",
    "model report sales.orders",
    "new product ../orders",
    "plan sales.nope",
    "read sales.nope",
    "read sales.orders --level quantity=nope",
    "read sales.orders --out orders.nope",
    "read sales.orders --sort nope",
    "read sales.orders --version 99",
    "read sales.orders --where nope=1",
    "read sales.orders -c nope",
    "show sales.nope",
    "unheard-of",
)


@pytest.fixture
def reviewed(shop: Shop, stage: Stage) -> Shop:
    """A shop with data protection, and somebody who may read for analytics alone."""

    def make() -> None:
        file = shop.root / "policies" / "principals.toml"
        people = '\n[teams.office]\ndomain = "shop"\n[users.dora]\nteams = ["office"]\n'
        people += '[users.eve]\npurposes = ["analytics"]\n'
        file.write_text('data_protection = ["office"]\n' + file.read_text(encoding="utf-8") + people, encoding="utf-8")

    stage.set("exits", make)
    return shop


@pytest.mark.parametrize(("code", "commands"), [(0, WELL), (1, FINDING), (2, WRONG)])
def test_the_exit_code_says_whether_all_is_well_something_was_found_or_nothing_was_meant(
    reviewed: Shop, code: int, commands: tuple[str, ...]
) -> None:
    answers = {command: reviewed.run(*command.split()) for command in commands}

    assert {} == {command: answer for command, answer in answers.items() if answer.code != code}
