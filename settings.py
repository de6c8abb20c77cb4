"""Every setting, in one frozen class, read from the environment (prefix CICERONE_) or an .env file."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from errors import SettingsError


class Settings(BaseSettings):
    """Settings of one process; constructed once in app.py and passed down."""

    model_config = SettingsConfigDict(
        env_prefix="CICERONE_", env_file=".env", frozen=True, extra="ignore", env_ignore_empty=True
    )

    var_dir: Path = Path("var")
    """Folder for everything written at run time: bundles, people's data, caches."""
    catalog: str = "demo"
    """Name of the bundle served when none is asked for."""
    max_catalogs: int = Field(default=3, ge=1)
    """How many catalogues `serve` keeps open at once; of more, the one not used for longest is closed."""
    image_hosts: str = ""
    """Hosts whose pictures cards may show, separated by commas; pages load nothing from anywhere else."""
    host: str = "127.0.0.1"
    """Address `serve` listens on."""
    port: int = Field(default=7860, ge=1, le=65535)
    """Port `serve` listens on."""
    guests: Literal["auto", "on", "off"] = "auto"
    """Whether people without a token or a login may come in: always (on), never (off), or (auto) where `serve` listens
    on loopback and no proxy logs people in."""
    secret: SecretStr | None = Field(default=None, min_length=16)
    """What the cookies of guests are signed with, the same for every copy of the server; unset means one made at the
    first start and kept in var/people."""
    proxy_header: str = ""
    """Name of the header in which a proxy in front says who is logged in, such as X-Forwarded-User."""
    proxy_addresses: str = ""
    """Addresses and networks, separated by commas, that this header is believed from."""
    allowed_hosts: str = ""
    """Host names requests may call this server by, separated by commas; unset means its own on loopback, else any."""
    cors_origins: str = ""
    """Origins whose pages may call the API, separated by commas, as in https://shop.example; without cookies, so that
    they bring a token or are guests of their own."""
    k: int = Field(default=6, ge=1, le=50)
    """How many items a slate shows when nobody asks for another number."""
    planner: Literal["auto", "basic", "llm"] = "auto"
    """Who plans: a language model when one is configured (auto), never (basic), or always (llm)."""

    llm_base_url: str | None = None
    """Address of an OpenAI-compatible server, ending in /v1; unset means api.openai.com when there is a key."""
    llm_model: str = "gpt-5-mini"
    """Name of the chat model at that address."""
    llm_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("CICERONE_LLM_API_KEY", "OPENAI_API_KEY")
    )
    """Key for that address; local servers need none."""
    llm_gguf: Path | None = None
    """A GGUF model file to run in this process instead of asking a server; needs the package xllamacpp."""
    llm_tools: Literal["auto", "native", "json"] = "auto"
    """How the model plans: native tool calls, a JSON-schema plan, or (auto) native first and JSON where that fails or
    the model runs on this machine."""
    llm_timeout_s: float = Field(default=25, gt=0, le=300)
    """Longest wait for one model call, in seconds."""
    llm_price_in: float | None = Field(default=None, ge=0)
    """Price of a million tokens sent to the model, in any currency; unset means that the cost of a turn is not told."""
    llm_price_out: float | None = Field(default=None, ge=0)
    """Price of a million tokens it answers with."""
    llm_daily_tokens: int | None = Field(default=None, ge=1)
    """How many tokens the turns of one user may spend on the model in a day (UTC); then the basic planner answers.
    Calls that name no user count as one user's."""
    llm_ranker: Literal["off", "on"] = "off"
    """Whether the model also grades how the best 20 of a turn suit the wish: one call more, about 1,200 tokens, and the
    time it takes before anything is shown."""
    llm_profile: Literal["off", "on"] = "off"
    """Whether the model also notes what known users say of themselves, by quoting them: one call more, about 130
    tokens, for messages that speak of their author."""
    embed_base_url: str | None = None
    """Address of an OpenAI-compatible server whose /embeddings embeds items and questions, ending in /v1; unset means
    the bundled embedder, or api.openai.com where only a model is set."""
    embed_model: str | None = None
    """Name of the embedding model at that address; unset means text-embedding-3-small."""
    embed_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("CICERONE_EMBED_API_KEY", "CICERONE_LLM_API_KEY", "OPENAI_API_KEY"),
    )
    """Key for that address; unset means the key of the chat model."""
    embed_folder: Path | None = None
    """Folder of a sentence-transformer exported to ONNX (model.onnx, tokenizer.json) to embed with instead."""
    bm25: Literal["plain", "fast"] = "plain"
    """What adds up the scores of keyword search: the program itself, or (fast) bm25s, which is quicker only where numba
    is installed too, and worth it above a million items."""
    bundles_url: str | None = None
    """Shared folder or object storage that replicas fetch new builds from and `publish` brings them to, as
    s3://BUCKET/FOLDER or file:///FOLDER; unset means that every machine builds for itself."""
    chroma_url: str | None = None
    """Address of a Chroma server on a private network that finds near vectors for all replicas, as
    http://HOST:8000; unset means Chroma in this process."""
    turn_deadline_s: float = Field(default=60, gt=0, le=600)
    """Longest a turn may take; after it the best answer so far is given."""
    state_url: SecretStr | None = None
    """Postgres database for people's data, as postgresql://USER:PASSWORD@HOST/NAME, which several servers may share;
    unset means SQLite files in var/people."""
    guest_days: int = Field(default=30, ge=1)
    """How many days conversations of guests are kept after their last turn; those of known users are kept until they
    are deleted."""
    max_turns: int = Field(default=20, ge=1)
    """How many turns run at once; of one thread never more than one."""
    max_waiting: int = Field(default=10, ge=0)
    """How many more may wait for a place; the rest are told at once when to come again."""
    stop_s: float = Field(default=20, ge=0, le=30)
    """How long a stop waits for running turns, in seconds; new ones are refused meanwhile."""
    log: Literal["text", "json"] = "text"
    """How `serve` writes its log to standard error: lines for people, or one JSON object a line."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """From where on: info has a line for every request and turn, debug also what errors say, which can quote people."""
    otlp_url: str | None = None
    """Address of an OpenTelemetry collector that takes traces over HTTP, as http://HOST:4318; unset means none. Needs
    the extra otel."""
    traces: Literal["on", "off"] = "on"
    """Whether `serve` and `chat` leave a trace of every turn in var/people/traces, to be looked at and run again."""
    trace_days: int = Field(default=30, ge=1)
    """How many days traces are kept."""
    trace_mb: int = Field(default=200, ge=1)
    """How many megabytes of traces are kept; of more, the threads spoken in longest ago lose theirs."""
    max_message_chars: int = Field(default=4000, ge=100)
    """Longer messages are cut at this length, with a notice."""

    @property
    def postgres(self) -> str | None:
        """The Postgres address of people's data, password and all; None for SQLite files."""
        return self.state_url.get_secret_value() if self.state_url else None

    @cached_property
    def has_model(self) -> bool:
        """Whether a language model is configured and allowed to plan."""
        return self.planner != "basic" and bool(self.llm_base_url or self.llm_api_key or self.llm_gguf)


def load_settings(**overrides: object) -> Settings:
    """Read the settings; overrides win over the environment.

    Raises SettingsError naming the first bad setting, its value and what it should be.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "CICERONE_" + str(first["loc"][0]).upper().removeprefix("CICERONE_")
        raise SettingsError(
            f"{name}={first['input']!r} is wrong: {first['msg'].lower()}. Set it or unset it."
        ) from error
