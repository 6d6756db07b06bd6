"""`mesh access`: who may see what, why, and what would change it."""

from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, BadParameter, Context, Exit, Option, Typer

from meshwright.cli import access_grants, access_review, policies
from meshwright.cli.context import As, Catalog, Json, Major, Purpose, Session
from meshwright.cli.output import emit, line, note, table

if TYPE_CHECKING:
    from meshwright.access.explain import Explanation

app = Typer(help="Explain, permit and test access.", no_args_is_help=True, rich_markup_mode=None)

Product = Annotated[str, Argument(help="domain.product")]


@app.command()
def explain(
    context: Context,
    product: Product,
    principal: As = None,
    purpose: Purpose = None,
    major: Major = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Say per column what you may see, which policy says so and why, and what would show more.

    Exits 1 where a read would be refused.
    """
    session: Session = context.obj
    reader = session.reader(catalog, principal, purpose)
    explanation = reader.explain(product, major=major)
    if as_json:
        emit(explanation.as_json())
    else:
        _print(explanation, product)
    if caveat := reader.caveat(product):
        note(caveat)
    if not explanation.read:
        raise Exit(1)


def _print(explanation: "Explanation", product: str) -> None:
    who = explanation.principal.partition(":")[2]
    line(f"{who} for {explanation.purpose or '(no purpose)'} on {product}")
    if explanation.problem:
        line(f"  {explanation.problem}")
    table(("column", "level", "decided by", "why"), explanation.rows)
    if explanation.limits:
        table(("rows", "where", "decided by", "why"), explanation.limits)
    if explanation.lacks:
        table(("more of", "as", "takes", "why"), explanation.lacks)
    for each in explanation.requests:
        line(f"  {each}")


@app.command()
def allow(
    context: Context,
    team: Annotated[str, Argument(help="A team or service of principals.toml; service:NAME where both have the name.")],
    product: Product,
    level: Annotated[
        Literal["read", "token", "coarse", "clear"],
        Option("--level", help="How much the team sees; `read` is what is unclassified."),
    ],
    purpose: Annotated[str, Option("--purpose", help="What for: a purpose of the mesh.")],
    cls: Annotated[str | None, Option("--class", help="Only columns of this class; default: every class.")] = None,
    why: Annotated[str | None, Option("--why", help="The reason that explanations show.")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Show the change without writing it.")] = False,
    as_json: Json = False,
) -> None:
    """Write a permit and its test beside the product, and show the change."""
    session: Session = context.obj
    change = session.open().access.allow(
        team, product, cls=cls, level=level, purpose=purpose, why=why, write=not dry_run
    )
    if as_json:
        emit({"diff": change, "written": not dry_run})
        return
    for each in change.splitlines():
        line(each)
    if not change:
        line("nothing to change: this is granted already")


@app.command("test")
def run_tests(context: Context, as_json: Json = False) -> None:
    """Run the policy tests beside the products."""
    session: Session = context.obj
    findings, cases = session.open().access.test()
    if as_json:
        emit({"cases": cases, "failed": [f.problem for f in findings]})
    else:
        for f in findings:
            line(f"failed: {f.where}: {f.problem}")
        line(f"{cases - len(findings)} passed, {len(findings)} failed")
    if findings:
        raise Exit(1)


@app.command()
def rotate_keys(
    context: Context,
    yes: Annotated[bool, Option("--yes", help="Do it; without it nothing is changed.")] = False,
    as_json: Json = False,
) -> None:
    """Make tokens with a new key from now on; earlier tokens equal none of the later ones."""
    session: Session = context.obj
    if not yes:
        gone = "nothing was changed: earlier tokens would equal none of the later ones, and nothing brings that back"
        raise BadParameter(f"{gone}; add it to go on", param_hint="--yes")
    key = session.open().access.rotate_keys()
    if as_json:
        emit({"key": key})
        return
    line(f"tokens are made with {key} from now on, by a running catalog too")
    line("  `mesh build` makes the products anew that published tokens; rows that others took keep the old ones")


app.command("who-can")(access_review.who_can)
app.command("diff")(access_review.diff)
app.command("coverage")(access_review.coverage)
app.command("pending")(policies.pending)
app.command("versions")(policies.versions)
app.command("approve-policy")(policies.approve_policy)
app.command("refuse-policy")(policies.refuse_policy)
app.command("rollback")(policies.rollback)

access_grants.add_to(app)
