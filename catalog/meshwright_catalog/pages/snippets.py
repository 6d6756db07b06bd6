"""Lines to copy that read a product, as whoever looks at its page may read it."""

import json
import shlex
from collections.abc import Sequence
from keyword import iskeyword

from meshwright.access import Decision
from meshwright.infer.text import quoted
from meshwright.read import shown
from meshwright.spec import Spec

COLUMNS = 3
"""How many columns are named, for the reader to see how."""


def how_to_read(spec: Spec, decision: Decision, catalog: str, *, older: bool = False) -> tuple[str, str, str]:
    """Write what reads some columns for the decision's purpose through a catalog: Python, `mesh`, and HTTP.

    Only columns that the decision shows are named; where it shows none, nor are any. An `older` major version is.
    """
    visible = shown(spec, decision).columns if decision.read else ()
    names = [column.name for column in visible[:COLUMNS]]
    purpose, major = decision.purpose or "PURPOSE", spec.major if older else None
    return (
        _python(spec, names, purpose, catalog, major),
        _command(spec.id, names, purpose, catalog, major),
        _http(spec.id, names, purpose, catalog, major),
    )


def _python(spec: Spec, names: Sequence[str], purpose: str, catalog: str, major: int | None) -> str:
    variable = f"{spec.product}_" if iskeyword(spec.product) else spec.product
    chosen = f".select({', '.join(map(quoted, names))})" if names else ""
    what = quoted(spec.id) if major is None else f"{quoted(spec.id)}, major={major}"
    return (
        "from meshwright import Mesh\n\n"
        f"mesh = Mesh.open(catalog={quoted(catalog)}, purpose={quoted(purpose)})\n"
        f"{variable} = mesh.read({what}){chosen}.collect()"
    )


def _command(product: str, names: Sequence[str], purpose: str, catalog: str, major: int | None) -> str:
    older = [] if major is None else ["--major", str(major)]
    columns = [word for name in names for word in ("-c", name)]
    return shlex.join(["mesh", "read", product, "--catalog", catalog, "--purpose", purpose, *older, *columns])


def _http(product: str, names: Sequence[str], purpose: str, catalog: str, major: int | None) -> str:
    older = {} if major is None else {"major": major}
    asked = {"purpose": purpose, **older} | ({"columns": list(names)} if names else {})
    address = shlex.quote(f"{catalog}/api/v1/products/{product}/read")
    return (
        f"curl -sS -X POST {address} \\\n"
        '  -H "Authorization: Bearer $MESH_TOKEN" -H "Content-Type: application/json" -H "Accept: text/csv" \\\n'
        f"  -d {shlex.quote(json.dumps(asked, ensure_ascii=False))}"
    )
