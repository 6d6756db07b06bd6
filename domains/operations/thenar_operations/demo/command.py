"""The command `mesh demo`."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 42,
    scale: Annotated[float, typer.Option(min=0.05, max=20.0, help="How large the company is.")] = 1.0,
    serve: Annotated[bool, typer.Option("--serve", help="Leave the catalog running and print its address.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to serve on.")] = 8400,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every figure with the command that gives it again.")
    ] = False,
) -> None:
    """Simulate the company's systems, build its products, and show what the mesh makes of them."""
    from meshwright import Mesh, MeshError

    started = time.monotonic()
    try:
        mesh = Mesh.open()
    except MeshError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    say = (lambda _: None) if as_json else typer.echo
    figures: list[dict[str, Any]] = []
    failed = False
    for title, lines, found in _steps(mesh.world.workspace.root, seed, scale):
        say(f"\n{title}")
        for line in lines:
            say(f"  {line}")
        figures += [asdict(figure) for figure in found]
        failed = failed or any(f.name == "built.failed" and f.value for f in found)
    if as_json:
        seconds = round(time.monotonic() - started, 1)
        typer.echo(
            json.dumps({"seed": seed, "scale": scale, "seconds": seconds, "figures": figures}, indent=2, default=str)
        )
    else:
        _what_next(serve, time.monotonic() - started)
    if failed:
        raise typer.Exit(1)
    if serve:
        subprocess.run([sys.executable, "-m", "meshwright", "catalog", "serve", "--port", str(port)], check=False)


def _steps(root: Path, seed: int, scale: float) -> Iterator[tuple[str, list[str], list[Any]]]:
    from meshwright import Mesh

    from thenar_operations.demo.figures import Figure
    from thenar_operations.demo.sections import all_sections
    from thenar_operations.manifest import Manifest
    from thenar_operations.simulation import simulate

    lake = root / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    (root / ".mesh" / "catalog.db").unlink(missing_ok=True)
    manifest: Manifest = simulate(lake / "landing", seed=seed, scale=scale)
    rows = sum(file.rows for file in manifest.files)
    yield (
        f"What the operational systems hand over (seed {seed})",
        [f"{rows:,} rows in {len(manifest.files)} files under lake/landing"],
        [],
    )
    reports = list(Mesh.open(root).build_all())
    built = [r for r in reports if r.status == "built"]
    refused = [f"{r.product}: {r.problem}" for r in reports if r.status in ("failed", "skipped")]
    published = sum(r.published for r in built)
    held = sum(r.quarantined for r in built) + sum(s.rejected for r in built for s in r.sources)
    lines = [f"{len(built)} products, {published:,} rows published, {held:,} held back with their reasons", *refused]
    command = "mesh build --force --json"
    yield (
        "Built in dependency order",
        lines,
        [
            Figure("built.products", len(built), command),
            Figure("built.published", published, command),
            Figure("built.held_back", held, command),
            Figure("built.failed", refused, command),
        ],
    )
    for section in all_sections(lambda who, why: Mesh.open(root, principal=who, purpose=why)):
        yield section.title, list(section.lines), list(section.figures)


def _what_next(serve: bool, seconds: float) -> None:
    typer.echo(f"\nDone in {seconds:.0f} s. What to try next")
    typer.echo("  mesh search wear --as chiara")
    typer.echo("  mesh access explain sales.customers --as ben --purpose service-level")
    typer.echo("  mesh lineage robotics.fleet_wear --as chiara")
    typer.echo("  mesh read supply_chain.incoming_quality --as chiara --purpose quality-analysis")
    if not serve:
        typer.echo("  mesh catalog serve      the same in a browser; sign in with: mesh token chiara")
