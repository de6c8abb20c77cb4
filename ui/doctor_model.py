"""`doctor --llm`: what the configured model can do, in a table, and what follows from it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from errors import CiceroneError, ModelError, SettingsError
from settings import Settings

if TYPE_CHECKING:
    from agents.model.endpoint import Endpoint, Suggestions

_N_PEOPLE = 20
_FAST = 30
"""Tokens a second below which half as many have to do."""
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
    keep_endpoint(endpoint, settings.var_dir)  # whoever has no patience for the titles keeps the rest
    endpoint.suggestions = await _suggestions_of(endpoint, settings, say)
    for name, finding in findings(endpoint):
        say(f"  {name:<22} {finding}")
    say(f"so         {what_follows(endpoint, settings)}")
    say(f"kept in    {keep_endpoint(endpoint, settings.var_dir)}")
    return True


async def _suggestions_of(endpoint: "Endpoint", settings: Settings, say: Callable[[str], None]) -> "Suggestions | None":
    """Measure its own titles on the people of the catalogue in use; None where there are none, or it fails midway."""
    from agents.about import nouns_in
    from agents.model.llm import OpenAIModel
    from agents.model.local_llm import reached
    from agents.planning.suggest import measure_suggestions
    from retrieval.opening import open_catalog

    try:
        bundle = open_catalog(settings)
        nouns = nouns_in(bundle.name, bundle.manifest)
        n = _N_PEOPLE if (endpoint.tokens_per_s or 0) > _FAST else _N_PEOPLE // 2
        say(f"titles     asking {n} times what people of {bundle.name} took next; a slow model takes minutes")
        return await measure_suggestions(OpenAIModel(reached(settings), endpoint), bundle, nouns, n)
    except CiceroneError as error:
        say(f"titles     not measured: {error}")
        return None


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
    share = (
        f"{known.in_catalog:.0%} are in {known.catalog}; they hold {known.hit_rate:.0%} of what {known.n} people took "
        f"next, the best known {known.popular:.0%}"
    )
    return f"{'help' if known.helps else 'do not help'}: {share}"


def what_follows(endpoint: "Endpoint", settings: Settings) -> str:
    """Say how turns will be planned with it."""
    native = settings.llm_tools == "native" or (settings.llm_tools == "auto" and endpoint.takes_tools)
    how = "native tool calls" if native else "a JSON plan"
    set_by = "" if settings.llm_tools == "auto" else " (CICERONE_LLM_TOOLS says so)"
    own = "asked for" if endpoint.suggestions and endpoint.suggestions.helps else "not asked for"
    ranks = "; it also judges the best 20 of a turn, one call more" if settings.llm_ranker == "on" else ""
    return f"planning by {how}{set_by}; titles of its own are {own}{ranks}"
