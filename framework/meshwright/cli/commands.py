"""The list of commands; each lives in a module of its own and imports what it needs when it runs."""

from typer import Typer

from meshwright.cli import access, audit, build, check, contracts, doctor, lineage, model, new, read, search, token


def add_to(app: Typer) -> None:
    """Add every command of the framework, in the order in which a team meets them."""
    app.command("init")(new.init)
    app.add_typer(new.app, name="new")
    app.command("check")(check.check)
    app.command("plan")(build.plan)
    app.command("build")(build.build)
    app.command("search")(search.search)
    app.command("show")(search.show)
    app.command("read")(read.read)
    app.add_typer(lineage.app, name="lineage")
    app.add_typer(contracts.app, name="contracts")
    app.add_typer(access.app, name="access")
    app.add_typer(audit.app, name="audit")
    app.add_typer(model.app, name="model")
    app.command("token")(token.token)
    app.command("doctor")(doctor.doctor)
