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

from meshwright import Mesh
from thenar_operations.demo.figures import Figure, Section
from thenar_operations.demo.sections import all_sections
from thenar_operations.simulation import simulate

PENDING = "mesh access pending --as dora --json"

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 42,
    scale: Annotated[float, typer.Option(min=0.05, max=20.0, help="How large the company is.")] = 1.0,
    serve: Annotated[bool, typer.Option("--serve", help="Leave the catalog running and print its address.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to serve on.")] = 8400,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure and the command that gives it.")] = False,
) -> None:
    """Simulate the company's systems, build its products, and show what the mesh makes of them."""
    started = time.monotonic()
    figures: list[Figure] = []
    for section in _sections(Mesh.open().world.workspace.root, seed, scale):
        figures += section.figures
        if not as_json:
            typer.echo(f"\n{section.title}")
            for line in section.lines:
                typer.echo(f"  {line}")
    seconds = time.monotonic() - started
    if as_json:
        head = {"seed": seed, "scale": scale, "seconds": round(seconds, 1)}
        typer.echo(json.dumps({**head, "figures": [asdict(f) for f in figures]}, indent=2, default=str))
    else:
        _what_next(seconds, serve=serve)
    if any(f.name == "built.failed" and f.value for f in figures):
        raise typer.Exit(1)
    if serve:
        catalog = [sys.executable, "-m", "meshwright", "catalog", "serve", "--port", str(port)]
        subprocess.run(catalog, check=False)  # noqa: S603 - the same interpreter, and a number


def _sections(root: Path, seed: int, scale: float) -> Iterator[Section]:
    """Simulate, build, and show; the lake and the catalog of an earlier demo make room."""
    lake = root / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    for file in (root / ".mesh").glob("catalog.db*"):
        if file.is_file():
            file.unlink()
    manifest = simulate(lake / "landing", seed=seed, scale=scale)
    rows = sum(file.rows for file in manifest.files)
    handed_over = f"{rows:,} rows in {len(manifest.files)} files under lake/landing"
    yield Section(f"What the operational systems hand over (seed {seed})", [handed_over])
    reports = list(Mesh.open(root).build_all())
    yield _built(reports)
    if waiting := sorted(r.product for r in reports if getattr(r, "policies_wait", False)):
        yield _waiting(waiting)
    yield from all_sections(lambda who, why: Mesh.open(root, principal=who, purpose=why))


def _built(reports: list[Any]) -> Section:
    built = [r for r in reports if r.status == "built"]
    refused = [f"{r.product}: {r.problem}" for r in reports if r.status in ("failed", "skipped")]
    published = sum(r.published for r in built)
    held = sum(r.quarantined for r in built) + sum(s.rejected for r in built for s in r.sources)
    line = f"{len(built)} products, {published:,} rows published, {held:,} held back with their reasons"
    command = "mesh build --force --json"
    figures = [
        Figure("built.products", len(built), command),
        Figure("built.published", published, command),
        Figure("built.held_back", held, command),
        Figure("built.failed", refused, command),
    ]
    return Section("Built in dependency order", [line, *refused], figures)


def _waiting(products: list[str]) -> Section:
    """Say why a browser shows less than this folder: nobody has looked yet at what is newly shown in the clear."""
    lines = [
        f"{', '.join(products)}: their policies newly show personal data in the clear",
        "until somebody of data protection approves them, the catalog's pages and gateway show less than reads here",
        "mesh access pending --as dora",
        *(f"mesh access approve-policy {product} --as dora" for product in products),
    ]
    return Section("Waits for data protection", lines, [Figure("policies.waiting", products, PENDING)])


def _what_next(seconds: float, *, serve: bool) -> None:
    typer.echo(f"\nDone in {seconds:.0f} s. What to try next")
    typer.echo("  mesh search wear --as chiara")
    typer.echo("  mesh access explain sales.customers --as ben --purpose service-level")
    typer.echo("  mesh lineage robotics.fleet_wear --as chiara")
    typer.echo("  mesh read supply_chain.incoming_quality --as chiara --purpose quality-analysis")
    if not serve:
        typer.echo("  mesh catalog serve      the same in a browser; sign in with: mesh token chiara")
