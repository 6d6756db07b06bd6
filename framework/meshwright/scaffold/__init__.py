"""Make workspaces, domains and products that are green from the first command."""

from meshwright.scaffold.domain import new_domain
from meshwright.scaffold.product import new_product
from meshwright.scaffold.workspace import new_workspace

__all__ = ["new_domain", "new_product", "new_workspace"]
