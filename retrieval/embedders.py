"""Which embedder the settings choose, and how to choose again the one that a catalogue was built with."""

from errors import SettingsError
from retrieval.embed import Embedder, MiniLM
from retrieval.embed_endpoint import EndpointEmbedder
from retrieval.embed_folder import FolderEmbedder
from settings import Settings

_OPENAI = "https://api.openai.com/v1"
_OPENAI_MODEL = "text-embedding-3-small"


def chosen_embedder(settings: Settings) -> Embedder:
    """Return the embedder to build and to ask with: a server's, a folder's, or the bundled one. Nothing is loaded yet.

    Raises SettingsError where two are set, or the one that is set cannot be used.
    """
    served = settings.embed_base_url or settings.embed_model
    if settings.embed_folder and served:
        raise SettingsError(
            "CICERONE_EMBED_FOLDER is set together with CICERONE_EMBED_BASE_URL or CICERONE_EMBED_MODEL. Unset one."
        )
    if settings.embed_folder:
        return FolderEmbedder(settings.embed_folder)
    if not served:
        return MiniLM(settings.var_dir / "cache")
    key = settings.embed_api_key.get_secret_value() if settings.embed_api_key else ""
    if not settings.embed_base_url and not key:
        raise SettingsError(
            "CICERONE_EMBED_MODEL is set, but neither CICERONE_EMBED_BASE_URL nor CICERONE_EMBED_API_KEY. Set one."
        )
    return EndpointEmbedder(settings.embed_base_url or _OPENAI, settings.embed_model or _OPENAI_MODEL, key)


def how_to_choose(name: str) -> str:
    """Say by which settings the embedder of this name is chosen."""
    kind, _, model = name.partition("/")
    if name == MiniLM.name:
        return "Unset CICERONE_EMBED_BASE_URL, CICERONE_EMBED_MODEL and CICERONE_EMBED_FOLDER"
    if kind == EndpointEmbedder.KIND:
        return f"Set CICERONE_EMBED_BASE_URL and CICERONE_EMBED_MODEL={model}"
    return f"Set CICERONE_EMBED_FOLDER to the folder {kind!r} it was built with"
