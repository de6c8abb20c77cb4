"""What is known of a model at an address: by the address, by `doctor --llm`, and by what its server has refused."""

import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from agents.private_files import replace
from settings import Settings

_OPENAI = "https://api.openai.com/v1"
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"})
_THINKS = re.compile(r"o\d|gpt-5")


class Suggestions(BaseModel):
    """What titles of the model's own are worth, measured on a small labelled set."""

    catalog: str = ""
    """Name of the catalogue it was measured on, for which alone it holds."""
    n: int
    """People it was asked for."""
    in_catalog: float
    """Share of its titles that are in the catalogue."""
    hit_rate: float
    """Share of what people took next that is among its 20 titles."""
    popular: float = 0.0
    """The same of the 20 best known."""
    helps: bool
    """Whether its titles are surely ahead of the best known."""


class Endpoint(BaseModel):
    """One model at one address. None means that nobody has looked yet; `tools` and `refused` also change as it is used.

    The latest findings of `doctor --llm` are kept in var/cache/endpoints.json.
    """

    base_url: str = ""
    model: str = ""
    tools: bool | None = None
    """Whether it calls tools natively."""
    parallel_tools: bool | None = None
    """Several in one answer."""
    json_schema: bool | None = None
    """Whether its server holds it to a JSON schema, not only takes one."""
    json_object: bool | None = None
    streaming: bool | None = None
    counts_tokens: bool | None = None
    context_tokens: int | None = None
    first_token_ms: float | None = None
    tokens_per_s: float | None = None
    suggestions: Suggestions | None = None
    probed: date | None = None
    refused: set[str] = set()
    """Parts of a request that its server does not take."""

    @classmethod
    def at(cls, settings: Settings) -> "Endpoint":
        """Return what the address and the name of the configured model say by themselves."""
        endpoint = cls(base_url=(settings.llm_base_url or _OPENAI).rstrip("/"), model=settings.llm_model)
        if settings.llm_gguf:
            path = settings.llm_gguf.expanduser().resolve()
            endpoint = cls(base_url=f"file://localhost{path}", model=path.name)
        hosted = endpoint.host.endswith("openai.com")
        thinks = bool(_THINKS.match(endpoint.model))
        endpoint.refused = {
            "max_tokens" if hosted else "max_completion_tokens",
            "temperature" if thinks else "reasoning_effort",
        }
        return endpoint

    @property
    def host(self) -> str:
        """Name of the machine, for people."""
        return urlsplit(self.base_url).hostname or "the given address"

    @property
    def takes_tools(self) -> bool:
        """Whether to try native tool calls first; a local model plans better, and in half the tokens, by JSON."""
        return self.host not in _THIS_MACHINE if self.tools is None else self.tools


def known_endpoint(settings: Settings) -> Endpoint:
    """Return what was found out about the configured model, or what its address says where nobody has looked."""
    there = Endpoint.at(settings)
    found = _read(settings.var_dir).get(_key(there))
    try:
        return Endpoint.model_validate(found) if found else there
    except ValidationError:
        return there


def keep_endpoint(endpoint: Endpoint, var_dir: Path) -> Path:
    """Keep what was found out, in place of what was known of the same model before; return the file.

    It is its owner's alone, for an address may hold a key.
    """
    path = _path(var_dir)
    path.parent.mkdir(parents=True, exist_ok=True)  # the folder is not: others read the embedder in it
    known = {**_read(var_dir), _key(endpoint): endpoint.model_dump(mode="json")}
    replace(path, json.dumps(known, indent=2, sort_keys=True))
    return path


def _path(var_dir: Path) -> Path:
    return var_dir / "cache" / "endpoints.json"


def _key(endpoint: Endpoint) -> str:
    return f"{endpoint.base_url} {endpoint.model}"


def _read(var_dir: Path) -> dict[str, object]:
    """A file that cannot be read is as good as none: it is written again by the next look."""
    try:
        known = json.loads(_path(var_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
