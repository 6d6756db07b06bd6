"""`mesh doctor`."""

from dataclasses import asdict

from typer import Context, Exit

from meshwright.cli.context import Json, Session
from meshwright.cli.output import emit, line


def doctor(context: Context, as_json: Json = False) -> None:
    """Look at tables, catalog, keys and outbox; heal what a stopped command left, and name the rest."""
    session: Session = context.obj
    findings = session.open().doctor()
    if as_json:
        emit([asdict(f) for f in findings])
    else:
        for f in findings:
            line(f"{f.severity}: {f.where}: {f.problem}" + (f" ({f.hint})" if f.hint else ""))
        if not findings:
            line("all well")
    if any(f.severity == "error" for f in findings):
        raise Exit(1)
