"""What a server tells of its models beside the chat: which there are, and how much text they take."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agents.model.endpoint import Endpoint
from settings import Settings

if TYPE_CHECKING:
    import httpx2

_WAIT_S = 3.0
_CONTEXT_NAMES = ("n_ctx", "max_model_len", "context_length", "max_context_length", "context_window")
"""What llama.cpp, vLLM, hosted routers and others call it."""


async def metadata_of(settings: Settings, http_client: "httpx2.AsyncClient | None" = None) -> list[dict[str, Any]]:
    """Return the entries of the server's list of models, then its properties (llama.cpp); [] where it tells nothing."""
    import httpx2

    base_url = Endpoint.at(settings).base_url
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    told: list[dict[str, Any]] = []
    client = http_client or httpx2.AsyncClient()
    try:
        for address in (f"{base_url}/models", f"{base_url.removesuffix('/v1')}/props"):
            try:
                answer = await client.get(address, headers=headers, timeout=_WAIT_S)
                raw = answer.json() if answer.status_code == 200 else {}
            except (httpx2.HTTPError, ValueError):  # a chat server need not tell anything
                continue
            if isinstance(raw, dict):
                listed = raw.get("data", [raw])
                told += [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    finally:
        if http_client is None:
            await client.aclose()
    return told


def names_in(told: list[dict[str, Any]]) -> list[str]:
    """Return the models a server lists."""
    return [entry["id"] for entry in told if isinstance(entry.get("id"), str)]


def context_in(told: list[dict[str, Any]], model: str) -> int | None:
    """Return how many tokens a model takes, of prompt and answer; None where the server does not tell."""
    about = [entry for entry in told if entry.get("id") in (model, None)]
    return next((number for entry in about for number in _numbers(entry)), None)


def _numbers(entry: dict[str, Any]) -> Iterator[int]:
    parts = (entry, entry.get("meta"), entry.get("default_generation_settings"))
    for part in (part for part in parts if isinstance(part, dict)):
        for number in (part.get(name) for name in _CONTEXT_NAMES):
            if isinstance(number, int) and number > 0:
                yield number
