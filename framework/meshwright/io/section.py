"""One table of mesh.toml: nothing in it is unknown, and no message repeats what it holds."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Settings that hold as they were read."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
