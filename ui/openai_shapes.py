"""What the OpenAI-compatible routes answer with, for the API document."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class ModelOut(BaseModel):
    """One catalogue, as a model."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    cicerone: dict[str, Any] = Field(description="Ours: catalog, noun and n_items.")


class ModelsOut(BaseModel):
    """The catalogues, as models."""

    object: Literal["list"]
    data: list[ModelOut]


class MessageOut(BaseModel):
    """The answer."""

    role: Literal["assistant"]
    content: str
    refusal: None
    cicerone: dict[str, Any] = Field(description="Ours: what /v1/chat returns, but for reply and thread_id.")


class ChoiceOut(BaseModel):
    """The only choice."""

    index: int
    message: MessageOut
    logprobs: None
    finish_reason: Literal["stop"]


class UsageOut(BaseModel):
    """Tokens of the language model behind the guide."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    cicerone: dict[str, Any] = Field(description="Ours: whether they are estimated, and the calls of the model.")


class CompletionOut(BaseModel):
    """A completion; with `stream` the same in chunks."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
