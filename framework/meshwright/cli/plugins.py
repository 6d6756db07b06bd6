"""Commands that other packages add through the entry point group `meshwright.commands`."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from typer import Context, Typer

GROUP = "meshwright.commands"


def add_to(app: Typer) -> None:
    """Add a command for each entry point; its package is imported when the command is called, not before."""
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        package = entry.dist.name if entry.dist else entry.module
        app.command(
            entry.name,
            help=f"From the package {package}.",
            add_help_option=False,
            context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        )(_runner(entry))


def _runner(entry: EntryPoint) -> Callable[[Context], None]:
    def run(context: Context) -> None:
        command: Typer = entry.load()
        command(args=context.args, prog_name=f"mesh {entry.name}", obj=context.obj)

    return run
