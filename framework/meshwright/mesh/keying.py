"""The build key of one product, here and now, and what it is made of."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meshwright.mesh.grading import Graded, grades
from meshwright.mesh.inputs import Inputs
from meshwright.mesh.world import AnyProduct
from meshwright.publish import BuildInputs, code_hash


def made_of(
    product: AnyProduct, inputs: Inputs, come: Mapping[str, Graded], given: Mapping[str, Any], publisher: str
) -> BuildInputs:
    """State everything that decides what a build would publish; `publisher` is whose token the gateway is shown."""
    said = grades(come)
    return BuildInputs(
        contract_hash=product.spec.digest(),
        inputs=inputs.pins(),
        sources={s.id: s.content_hash for s in inputs.sources},
        code=code_hash(package_folder(product)),
        mode=product.mode,
        parameters=given,
        token_key=inputs.token_key,
        reader=publisher if said else "",
        grades=said,
    )


def package_folder(product: AnyProduct) -> Path:
    """Find the folder of the domain's package, whose code a build's result depends on."""
    module = sys.modules[product.transform.__module__.partition(".")[0]]
    return Path(str(module.__file__)).parent
