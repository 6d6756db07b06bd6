"""All rules of a mesh as one value: trees, principals, central policies and each product's own."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

from meshwright.access.principals import Principals, parse_principals, with_services
from meshwright.access.statements import Statement, statements
from meshwright.access.taxonomy import Classes, Purposes, parse_classes, parse_purposes
from meshwright.names import governed_by
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

CENTRAL = "policies/mesh.cedar"


def is_central(policy: Statement) -> bool:
    """Tell whether a policy stands in the mesh's own file, which is about products that it does not know."""
    return policy.where.startswith(f"{CENTRAL}:")


@dataclass(frozen=True)
class Policies:
    """What decisions are made from; `products` maps a product to the Cedar text that its domain wrote.

    `written` are the mesh's own texts that all but `products` was read from, where there are any.
    """

    classes: Classes
    purposes: Purposes
    principals: Principals
    central: str = ""
    products: Mapping[str, str] = field(default_factory=dict[str, str])
    written: PolicyTexts | None = field(default=None, compare=False, repr=False)

    def of(self, product: str) -> tuple[Statement, ...]:
        """Give the policies that can decide about a product: the central ones and its own."""
        own, _ = statements(self.text(product), policy_file(product))
        return (*statements(self.central, CENTRAL)[0], *own)

    def text(self, product: str) -> str:
        """Give a product's own policies; its rejected rows obey the same."""
        return self.products.get(governed_by(product), "")

    def reads_clock(self, product: str, text: str | None = None) -> bool:
        """Tell whether somebody may discover a product now and not later, with nothing but the time changed.

        `text` is of policies that are the product's instead of its own here.
        """
        own, _ = statements(self.text(product) if text is None else text, policy_file(product))
        every = (*statements(self.central, CENTRAL)[0], *own)
        return any(policy.reads_context for policy in every if "discover" in policy.actions or not policy.actions)

    def with_product(self, spec: Spec, text: str) -> "Policies":
        """Add or replace one product's policies and its service."""
        principals = with_services(self.principals, [spec])
        return replace(self, principals=principals, products={**self.products, governed_by(spec.id): text})

    @cached_property
    def common_digest(self) -> str:
        """Hash what the mesh wrote down for all products (SHA-256, hex).

        A product's service follows from its contract, and which others a process knows decides nothing about it.
        """
        common = asdict(replace(self, principals=self._declared, products={}, written=None))
        del common["written"]
        return hashlib.sha256(json.dumps(common, sort_keys=True, default=sorted).encode()).hexdigest()

    @cached_property
    def common_parts(self) -> Mapping[str, str]:
        """Hash what each file of the mesh says (SHA-256, hex), by the file's name; how TOML is laid out counts not."""
        said = {
            "classes.toml": asdict(self.classes),
            "purposes.toml": asdict(self.purposes),
            "principals.toml": asdict(self._declared),
            "mesh.cedar": {"text": self.central},
        }
        texts = {file: json.dumps(each, sort_keys=True, default=sorted) for file, each in said.items()}
        return {file: hashlib.sha256(text.encode()).hexdigest() for file, text in texts.items()}

    @property
    def _declared(self) -> Principals:
        """Everybody as principals.toml has them, whatever their tokens say since."""
        return replace(self.principals.declared, claimed=None)

    def digest(self, product: str) -> str:
        """Hash everything that can decide about a product (SHA-256, hex)."""
        return hashlib.sha256(f"{self.common_digest}\n{self.text(product)}".encode()).hexdigest()


def policies_of(texts: PolicyTexts, specs: Iterable[Spec] = ()) -> Policies:
    """Read the mesh's policy texts; each product of `specs` brings its service. Raises `PolicyRejected`."""
    purposes = parse_purposes(texts.purposes)
    principals = with_services(parse_principals(texts.principals, purposes), specs)
    own = PolicyTexts(texts.classes, texts.purposes, texts.principals, texts.central)
    return Policies(parse_classes(texts.classes), purposes, principals, texts.central, dict(texts.products), own)


def policy_file(product: str) -> str:
    """Name the file of a product's policies, within the workspace."""
    domain, _, name = governed_by(product).partition(".")
    return f"domains/{domain}/policies/{name}.cedar"
