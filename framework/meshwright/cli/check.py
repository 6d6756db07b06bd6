"""`mesh check`."""

from dataclasses import asdict
from typing import Annotated

from typer import Context, Exit, Option

from meshwright.cli.context import Json, Session
from meshwright.cli.output import emit, line


def check(
    context: Context,
    base: Annotated[
        str | None, Option("--base", metavar="REF", help="Also compare contracts with this git revision.")
    ] = None,
    pii: Annotated[bool, Option("--pii", help="Also sample published tables for undeclared personal data.")] = False,
    as_json: Json = False,
) -> None:
    """Check contracts, ports, policies, labels and committed files; print one line a problem."""
    session: Session = context.obj
    findings = session.open().check(base=base, pii=pii)
    if as_json:
        emit([asdict(f) for f in findings])
    else:
        for f in findings:
            line(f"{f.severity}: {f.where}: {f.problem}" + (f" ({f.hint})" if f.hint else ""))
        if not findings:
            line("all well")
    if any(f.severity == "error" for f in findings):
        raise Exit(1)
