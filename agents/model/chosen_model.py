"""Which language model plans and words the replies, if any."""

from agents.model.endpoint import known_endpoint
from agents.model.llm import ChatModel, OpenAIModel
from errors import SettingsError
from settings import Settings


def chosen_model(settings: Settings) -> ChatModel | None:
    """Return the configured model, or None for the basic planner. Raises SettingsError where one is a must."""
    if settings.planner == "llm" and not settings.has_model:
        raise SettingsError("--planner llm needs a model: set CICERONE_LLM_BASE_URL or OPENAI_API_KEY.")
    return OpenAIModel(settings, known_endpoint(settings)) if settings.has_model else None
