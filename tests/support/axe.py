"""The rules of axe-core, which a page in a browser may break."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def broken(page: Page, packages: Path) -> list[str]:
    """Name the rules that a page breaks, and where."""
    page.evaluate((packages / "axe-core" / "axe.min.js").read_text())
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(rules).then(said => said.violations)", RULES)
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]
