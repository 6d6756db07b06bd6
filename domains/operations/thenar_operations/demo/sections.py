"""What the demo shows, each section computed from the mesh as anybody may ask it."""

from collections.abc import Callable, Iterator

import polars as pl

from meshwright import Mesh, MeshError
from thenar_operations.demo.figures import Figure, Section

Open = Callable[[str, str], Mesh]
"""Opens the mesh as a person, for a purpose."""

READERS = (("ana", "order-fulfilment"), ("ben", "service-level"), ("eve", "marketing"))
COLUMN = "supply_chain.incoming_quality.failures_per_1000"
_CELL = 40


def search(mesh: Open) -> Section:
    """Find products by words."""
    page = mesh("chiara", "quality-analysis").search("bad lots early failures", limit=3)
    lines = [f"{hit.id}  ({hit.owner})  {_first(hit.description)}" for hit in page.hits]
    command = "mesh search bad lots early failures --as chiara -n 3 --json"
    return Section(
        "Search: bad lots early failures",
        lines,
        [Figure("search.total", page.total, command), Figure("search.hits", [h.id for h in page.hits], command)],
    )


def page(mesh: Open) -> Section:
    """Show one product's page."""
    product = "supply_chain.incoming_quality"
    shown = mesh("chiara", "quality-analysis").show(product)
    lines = [f"{shown.spec.id} {shown.spec.version}, owner {shown.spec.owner}", _first(shown.spec.description)]
    lines += [f"{name}: {value}" for name, value in shown.facts if name in ("rows", "reads", "latency")]
    rules = "1 rule" if len(shown.spec.rules) == 1 else f"{len(shown.spec.rules)} rules"
    lines.append(f"{len(shown.spec.columns)} columns, {rules}; the whole page: mesh show {product}")
    rows = dict(shown.facts).get("rows", "")
    command = f"mesh show {product} --as chiara --purpose quality-analysis --json"
    return Section("One product's page", lines, [Figure("page.rows", rows, command)])


def readers(mesh: Open) -> Section:
    """Read one product as three people."""
    lines: list[str] = []
    figures: list[Figure] = []
    for who, purpose in READERS:
        view = mesh(who, purpose).view("sales.customers", limit=1, order_by=("company_name",))
        row = view.frame.collect().to_dicts()[0]
        seen = {name: row.get(name, "(hidden)") for name in ("company_name", "contact_name", "email")}
        lines.append(f"{who:4} for {purpose:16} {'  '.join(_short(str(v)) for v in seen.values())}")
        levels = {name: view.levels.get(name, "hidden") for name in seen}
        command = f"mesh read sales.customers --as {who} --purpose {purpose} --sort company_name -n 1 --json"
        figures.append(Figure(f"readers.{who}", levels, command))
    return Section("The same customer, read by three people", lines, figures)


def lineage(mesh: Open) -> Section:
    """Follow one column through three domains."""
    graph = mesh("supply_chain.incoming_quality", "quality-analysis").lineage(COLUMN, direction="up", depth=20)
    products = [n for n in graph.nodes if n.kind == "product"]
    domains = sorted({n.id.partition(".")[0] for n in products})
    lines = [f"{COLUMN} comes from {len(products) - 1} products of {', '.join(domains)}:"]
    hops: dict[int, list[str]] = {}
    for node in products:
        hops.setdefault(node.hops, []).append(node.id)
    lines += [
        f"  {number} hop{'s' if number > 1 else ''} away: {', '.join(sorted(hops[number]))}"
        for number in sorted(hops)
        if number
    ]
    command = f"mesh lineage {COLUMN} --as supply_chain.incoming_quality --depth 20 --json"
    return Section("Where a figure comes from", lines, [Figure("lineage.domains", domains, command)])


def quarantined(mesh: Open) -> Section:
    """Count the rows that builds held back, and why."""
    lines: list[str] = []
    figures: list[Figure] = []
    for product in ("sales.orders", "supply_chain.lots", "robotics.joint_fatigue"):
        rejected = mesh(product, PURPOSES[product]).view(f"{product}__rejected").frame
        failed = rejected.filter(pl.col("_stage") == "contract").explode("_failed").group_by("_failed").len()
        unread = rejected.filter(pl.col("_stage") == "source").group_by("_column").len()
        why = dict(failed.sort("len", "_failed", descending=[True, False]).collect().iter_rows())
        cells = dict(unread.sort("_column").collect().iter_rows())
        parts = [f"{count} {name}" for name, count in why.items()] + [
            f"{count} unreadable {c}" for c, count in cells.items()
        ]
        lines.append(f"{product}: {', '.join(parts)}")
        command = f"mesh read {product}__rejected --as {product} --purpose {PURPOSES[product]} -n 1000000 --json"
        figures += [Figure(f"quarantined.{product}", why, command), Figure(f"unreadable.{product}", cells, command)]
    return Section("Rows held back, and why", lines, figures)


PURPOSES = {
    "sales.orders": "order-fulfilment",
    "supply_chain.lots": "replenishment",
    "robotics.joint_fatigue": "reliability-engineering",
}


def bad_lots(mesh: Open) -> Section:
    """Name the supplier of the worst lots; the product joins deliveries, hands in the field, returns and wear."""
    product = "supply_chain.incoming_quality"
    lots = mesh("chiara", "quality-analysis").view(product, order_by=("-at_least_per_1000", "lot_number"), limit=5)
    worst = lots.frame.collect()
    supplier = worst["supplier_id"].mode().sort()[0]
    first = worst.filter(pl.col("supplier_id") == supplier).row(0, named=True)
    failed = f"{first['failed_early']} of {first['installed']} built-in pieces failed early,"
    lines = [
        f"supplier {supplier}: of lot {first['lot_number']} ({first['part_number']}) {failed}",
        f"though incoming inspection rejected {first['rejected']} of the {first['sampled']} it looked at",
    ]
    sort = "--sort -at_least_per_1000 --sort lot_number"
    command = f"mesh read {product} --as chiara --purpose quality-analysis {sort} -n 5 --json"
    figures = [
        Figure("lots.worst", worst["lot_number"].to_list(), command),
        Figure("lots.supplier", supplier, command),
        Figure("lots.failed_early", first["failed_early"], command),
    ]
    return Section("A bad supplier, found by joining three domains", lines, figures)


def bad_firmware(mesh: Open) -> Section:
    """Name the firmware that stops hands most often, and whom it reaches."""
    product = "robotics.firmware_reliability"
    software = mesh("chiara", "reliability-engineering").view(product, order_by=("-stops_per_1000_h",))
    versions = software.frame.collect()
    bad, rest = versions.row(0, named=True), versions[1:]
    usual = rest.select(1000 * pl.col("stops").sum() / pl.col("operating_hours").sum()).item()
    rate = f"{bad['stops_per_1000_h']:.1f} protective stops per 1,000 h, all others {usual:.1f};"
    lines = [
        f"firmware {bad['firmware_version']}: {rate}",
        f"it runs on {bad['hands_running']} hands of {bad['customers_running']} customers",
    ]
    purpose = "--purpose reliability-engineering"
    command = f"mesh read {product} --as chiara {purpose} --sort -stops_per_1000_h -n 100 --json"
    figures = [
        Figure("firmware.worst", bad["firmware_version"], command),
        Figure("firmware.stops_per_1000_h", round(bad["stops_per_1000_h"], 6), command),
        Figure("firmware.customers", bad["customers_running"], command),
    ]
    return Section("A bad firmware version, and whom it reaches", lines, figures)


def forecast(mesh: Open) -> Section:
    """Hold the spare part forecast against its baselines, in euros, on weeks that it has not seen."""
    product = "supply_chain.spare_part_forecast"
    report = mesh("ben", "replenishment").model_report(product)
    command = f"mesh model report {product} --as ben --json"
    figures = [
        Figure("forecast.methods", {m.method: round(m.cost_eur, 2) for m in report.methods}, command),
        Figure("forecast.fill_rates", {m.method: round(m.fill_rate, 6) for m in report.methods}, command),
        Figure("forecast.verdict", report.verdict.decision, command),
    ]
    return Section("A forecast of spare parts against its baselines", list(report.lines), figures)


def all_sections(mesh: Open) -> Iterator[Section]:
    """Compute every section; one that cannot be computed says why, so that the others still show."""
    for make in (search, page, readers, lineage, quarantined, bad_lots, bad_firmware, forecast):
        try:
            yield make(mesh)
        except MeshError as error:
            figure = Figure(f"{make.__name__}.error", str(error), "mesh doctor")
            yield Section(make.__name__, [f"not shown: {error}"], [figure])


def _first(text: str) -> str:
    return text.strip().partition("\n")[0]


def _short(cell: str) -> str:
    return cell if len(cell) <= _CELL else f"{cell[: _CELL - 3]}..."
