"""The entry point: parse, run, and turn every failure into one line and an exit code."""

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from typer import Context, Exit, Option, Typer
from typer import main as typer_main

from meshwright.cli import plugins
from meshwright.cli.context import Session
from meshwright.errors import (
    InvalidName,
    MeshError,
    NobodyAsks,
    QueryRejected,
    UnknownColumn,
    UnknownGrant,
    UnknownInPermit,
    UnknownPolicyVersion,
    UnknownVersion,
    WorkspaceError,
)
from meshwright.names import printable

INTERRUPTED = 130
TERMINATED = 143

WRONG_USE = (
    InvalidName,
    NobodyAsks,
    QueryRejected,
    UnknownColumn,
    UnknownGrant,
    UnknownInPermit,
    UnknownPolicyVersion,
    UnknownVersion,
    WorkspaceError,
)
"""What no answer can be given to: a name, number or place that means nothing here. All else is a finding."""

app = Typer(
    name="mesh",
    help="Publish, find, read and govern data products.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def options(
    context: Context,
    workspace: Annotated[
        Path | None, Option(envvar="MESH_WORKSPACE", help="The folder with mesh.toml; default: the nearest parent.")
    ] = None,
    env: Annotated[str | None, Option(envvar="MESH_ENV", help="The environment of mesh.toml to work in.")] = None,
    version: Annotated[bool, Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Publish, find, read and govern data products."""
    if version:
        from meshwright import __version__

        print(__version__)
        raise Exit
    context.obj = Session(workspace, env)


def main() -> None:
    """Run `mesh`; exit 0 when all is well, 1 on a finding, 2 on wrong use."""
    from meshwright.cli import commands

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter still gets the rest
    commands.add_to(app)
    plugins.add_to(app)
    stop = _Stop()
    try:
        with stop.heard():
            typer_main.get_command(app)(prog_name="mesh")
    except MeshError as error:
        _report(error.where, error.problem, error.hint)
        sys.exit(2 if isinstance(error, WRONG_USE) else 1)
    except KeyboardInterrupt:
        _stopped()
        sys.exit(stop.code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _stopped()
            sys.exit(stop.code)
        raise
    except BaseException as error:  # a panic of Rust code is no Exception
        if os.environ.get("MESH_DEBUG"):
            raise
        sys.exit(_unforeseen(error))


def _unforeseen(error: BaseException) -> int:
    """Report what no command expected, or what does not fit in a question, and give the code to exit with."""
    from pydantic import ValidationError

    if isinstance(error, ValidationError) and error.title.endswith("Query"):
        from meshwright.unfit import unfit

        _report("request", unfit(error), "")
        return 2
    _report("mesh", f"unexpected {type(error).__name__} in {_origin(error)}", "set MESH_DEBUG=1 for the traceback")
    return 1


class _Stop:
    """Takes SIGTERM for Ctrl-C, so that what runs can say that it was stopped; `code` tells which it was."""

    def __init__(self) -> None:
        self.code = INTERRUPTED

    @contextmanager
    def heard(self) -> Generator[None]:
        """Listen for the signal, in the only thread that may."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGTERM, self._stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)

    def _stop(self, _number: int, _frame: object) -> None:
        self.code = TERMINATED
        raise KeyboardInterrupt


def _stopped() -> None:
    _report("mesh", "stopped", "nothing half-done is live; run the command again")


def _report(where: str, problem: str, hint: str) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": {"where": where, "problem": problem, "hint": hint}}), file=sys.stderr)
        return
    print(printable(f"error: {where}: {problem}"), file=sys.stderr)
    if hint:
        print(printable(f"  hint: {hint}"), file=sys.stderr)


def _origin(error: BaseException) -> str:
    """Name the innermost place; the message itself may hold a cell's value and is left out."""
    trace = error.__traceback__
    place = "an unknown place"
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
