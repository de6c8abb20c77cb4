"""A model file run in this process (extra `local`), by llama.cpp's own server on a loopback port with a key of ours."""

import os
import secrets
import socket
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from errors import SettingsError
from settings import Settings

_CONTEXT_TOKENS = 8192
_LOADED_WITHIN_S = 300.0
_MAGIC = b"GGUF"


def reached(settings: Settings) -> Settings:
    """Return settings by which the configured model can be spoken to; a GGUF file is loaded and served first.

    Raises SettingsError naming what is wrong with the file, or the package that is missing.
    """
    if settings.llm_gguf is None:
        return settings
    path = settings.llm_gguf.expanduser().resolve()
    _check(path)
    served = _Served.of(path)
    address = {"llm_base_url": served.base_url, "llm_api_key": served.key}
    return settings.model_copy(update={**address, "llm_model": path.name, "llm_gguf": None})


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise SettingsError(f"CICERONE_LLM_GGUF={path} cannot be read ({error.strerror}). Name a GGUF file.") from error
    if magic != _MAGIC:
        raise SettingsError(f"CICERONE_LLM_GGUF={path} is no GGUF file. Name one, or unset it.")


class _Served:
    """A loaded file; one a process, for it takes as much memory as the file is long. It goes with the process."""

    def __init__(self, path: Path) -> None:
        try:
            import xllamacpp
        except ImportError as error:
            raise SettingsError(
                "CICERONE_LLM_GGUF needs the package xllamacpp. Install it into .venv, or unset the setting."
            ) from error
        self.key = SecretStr(secrets.token_urlsafe(24))
        port = _free_port()
        self.base_url = f"http://127.0.0.1:{port}/v1"
        try:
            self._server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), path, port, self.key))
        except Exception as error:  # whatever it raises for a file it cannot load, it has no type of its own
            raise SettingsError(f"CICERONE_LLM_GGUF={path} cannot be loaded. Name another file.") from error
        _wait_until_loaded(port)

    @staticmethod
    @lru_cache(maxsize=1)
    def of(path: Path) -> "_Served":
        """Load a file at first use."""
        return _Served(path)


def _parameters(given: Any, path: Path, port: int, key: SecretStr) -> Any:
    given.model.path = str(path)
    given.port = port
    given.api_keys = [key.get_secret_value()]
    given.n_ctx = _CONTEXT_TOKENS
    given.n_parallel = 1
    given.cpuparams.n_threads = os.cpu_count() or 1
    given.use_jinja = True
    given.verbosity = 0
    return given


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_until_loaded(port: int) -> None:
    import httpx2

    ends_s = time.monotonic() + _LOADED_WITHIN_S
    while time.monotonic() < ends_s:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200:
                return
        except httpx2.HTTPError:  # not listening yet
            pass
        time.sleep(0.1)
    raise SettingsError(f"CICERONE_LLM_GGUF was not loaded within {_LOADED_WITHIN_S:.0f} s. Name a smaller file.")
