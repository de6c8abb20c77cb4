"""`doctor --llm`: what the configured model can do, in a table, and what follows from it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from errors import ModelError, SettingsError
from settings import Settings

if TYPE_CHECKING:
    from agents.model.endpoint import Endpoint

_WORDS = {True: "yes", False: "no", None: "could not be found out"}


async def examine_model(settings: Settings, say: Callable[[str], None]) -> bool:
    """Try the model out, say what was found and keep it for planning; True where it answers."""
    if not settings.has_model:
        say("model      none: set CICERONE_LLM_BASE_URL, _API_KEY or _GGUF for one")
        return False
    from agents.model.endpoint import Endpoint, keep_endpoint
    from agents.model.probe import probe

    say(f"model      {Endpoint.at(settings).model}: trying it out; a slow one takes a minute or two")
    try:
        endpoint = await probe(settings)
    except (ModelError, SettingsError) as error:
        say(f"model      {error}{await _others_there(settings)} Until it answers, the basic planner does.")
        return False
    for name, finding in findings(endpoint):
        say(f"  {name:<22} {finding}")
    say(f"so         {what_follows(endpoint, settings)}")
    say(f"kept in    {keep_endpoint(endpoint, settings.var_dir)}")
    return True


async def _others_there(settings: Settings) -> str:
    """Name the models a server does have, where it lists them and ours is not among them."""
    from agents.model.metadata import metadata_of, names_in

    names = names_in(await metadata_of(settings)) if settings.llm_gguf is None else []
    return f" It lists: {', '.join(names[:5])}." if names and settings.llm_model not in names else ""


def findings(endpoint: "Endpoint") -> list[tuple[str, str]]:
    """Return what was found out, line by line, in words."""
    return [
        ("speed", _speed(endpoint)),
        ("native tool calls", _WORDS[endpoint.tools]),
        ("several at once", _WORDS[endpoint.parallel_tools]),
        ("JSON schema", {True: "enforced", False: "not enforced", None: _WORDS[None]}[endpoint.json_schema]),
        ("JSON object", _WORDS[endpoint.json_object]),
        ("streaming", _WORDS[endpoint.streaming]),
        ("tokens counted", "by the server" if endpoint.counts_tokens else "no: they are guessed from the letters"),
        ("context", f"{endpoint.context_tokens:,} tokens" if endpoint.context_tokens else _WORDS[None]),
        ("titles of its own", _suggestions(endpoint)),
    ]


def _speed(endpoint: "Endpoint") -> str:
    if endpoint.first_token_ms is None:
        return _WORDS[None]
    rate = f", then {endpoint.tokens_per_s:g} tokens/s" if endpoint.tokens_per_s else ""
    return f"first word after {endpoint.first_token_ms / 1000:.1f} s{rate}"


def _suggestions(endpoint: "Endpoint") -> str:
    known = endpoint.suggestions
    if known is None:
        return "not measured"
    share = f"{known.in_catalog:.0%} are in the catalogue, {known.hit_rate:.0%} of {known.n} turns hit"
    return f"{'help' if known.helps else 'do not help'}: {share}"


def what_follows(endpoint: "Endpoint", settings: Settings) -> str:
    """Say how turns will be planned with it."""
    native = settings.llm_tools == "native" or (settings.llm_tools == "auto" and endpoint.takes_tools)
    how = "native tool calls" if native else "a JSON plan"
    set_by = "" if settings.llm_tools == "auto" else " (CICERONE_LLM_TOOLS says so)"
    own = "asked for" if endpoint.suggestions and endpoint.suggestions.helps else "not asked for"
    return f"planning by {how}{set_by}; titles of its own are {own}"
