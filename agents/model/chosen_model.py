"""Which language model plans and words the replies, if any."""

from agents.model.chat import ChatModel
from agents.model.endpoint import known_endpoint
from agents.model.llm import OpenAIModel
from agents.model.local_llm import reached
from errors import SettingsError
from settings import Settings


def chosen_model(settings: Settings, *, temperature: float = 0) -> ChatModel | None:
    """Return the configured model, or None for the basic planner. Raises SettingsError where one is a must.

    `temperature` is of whole answers; streamed ones always come at 0.
    """
    if settings.planner == "llm" and not settings.has_model:
        raise SettingsError("--planner llm needs a model: set CICERONE_LLM_BASE_URL, CICERONE_LLM_GGUF or a key.")
    if not settings.has_model:
        return None
    return OpenAIModel(reached(settings), known_endpoint(settings), temperature=temperature)
