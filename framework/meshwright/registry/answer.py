"""What every answer of a catalog is, and how long a word in a question may be."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(max_length=200)]


class Answer(BaseModel):
    """A frozen answer; a newer service may say more than this version understands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
