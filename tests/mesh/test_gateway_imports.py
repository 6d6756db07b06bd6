"""The gateway works on contracts and policies as data: its process never loads a line of a domain's code."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from shop import Shop

pytestmark = pytest.mark.slow  # processes of their own

MESH = [sys.executable, "-X", "importtime", "-m", "meshwright"]


def imported(said: Path) -> set[str]:
    """List the modules that a process loaded, by what it said of each."""
    return set(re.findall(r"^import time:[^|]+\|[^|]+\| +(\S+)$", said.read_text(encoding="utf-8"), re.MULTILINE))


def test_a_served_read_imports_no_code_of_a_domain(shop: Shop, tmp_path: Path) -> None:
    (package,) = {module.parent.name for module in (shop.root / "domains" / "sales").glob("*/orders.py")}
    token = shop.works("token", "ana").strip()
    serving, planning = tmp_path / "serving", tmp_path / "planning"
    with planning.open("w") as said:
        subprocess.run([*MESH, "plan"], cwd=shop.root, stdout=subprocess.DEVNULL, stderr=said, check=True)

    with serving.open("w") as said:
        command = [*MESH, "catalog", "serve", "--port", "0"]
        with subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, stderr=said, text=True) as service:
            assert service.stdout is not None
            url = service.stdout.readline().split()[-1]
            head = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            wanted = {"purpose": "operations", "columns": ["order_id"]}
            address = f"{url}/api/v1/products/sales.orders/read"
            answer = httpx.post(address, json=wanted, headers=head, trust_env=False, timeout=60)
            service.terminate()

    assert (200, True) == (answer.status_code, "O-1" in answer.text)
    assert "meshwright_catalog.gateway.gateway" in imported(serving)
    assert f"{package}.orders" in imported(planning)  # what does load it is seen
    assert [] == [name for name in imported(serving) if name.partition(".")[0] == package]
