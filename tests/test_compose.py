"""compose.yaml, the Containerfile and the proxy's configuration fit each other and the settings there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from starlette.datastructures import Headers

from settings import Settings
from ui.identity import Rules
from ui.origins import Origins

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
IMAGE = (ROOT / "Containerfile").read_text(encoding="utf-8")
PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "cicerone"}
REPLICAS = {name: service for name, service in OURS.items() if "command" not in service}
SECRETS = {"POSTGRES_PASSWORD": "of postgres", "CICERONE_SECRET": "0123456789abcdef0123456789abcdef"}


def filled_in(text: str, given: dict[str, str]) -> str:
    """Replace ${NAME:-default} and ${NAME:?why} as Compose does."""

    def put(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if not given.get(name) and kind == ":?":
            raise KeyError(name)
        return given.get(name) or (rest if kind == ":-" else "")

    return re.sub(r"\$\{(\w+)(:-|:\?)?([^}]*)\}", put, text)


def settings_of(service: str, monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    """Read the settings as the container would, from the image's environment and the service's."""
    of_image = dict(re.findall(r"^ *(?:ENV )?(CICERONE_\w+)=(\S+)", IMAGE, re.MULTILINE))
    for name, value in {**of_image, **SERVICES[service]["environment"]}.items():
        monkeypatch.setenv(name, filled_in(value, SECRETS | given))
    return Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("name", OURS)
def test_every_setting_given_exists_and_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {key.removeprefix("CICERONE_").lower() for key in OURS[name]["environment"]} <= set(Settings.model_fields)
    settings = settings_of(name, monkeypatch)
    assert settings.host == "0.0.0.0" and settings.port == 7860


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_its_secrets(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError, match=secret):
        settings_of("one", monkeypatch, **{secret: ""})


def test_replicas_share_a_database_a_secret_and_builds_they_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(REPLICAS) == ["one", "two"]
    assert REPLICAS["one"] == REPLICAS["two"]
    settings = settings_of("one", monkeypatch)
    assert settings.secret and settings.secret.get_secret_value() == SECRETS["CICERONE_SECRET"]
    assert settings.postgres == "postgresql://cicerone:of postgres@postgres/cicerone"
    assert all(volume.endswith(":ro") for volume in REPLICAS["one"]["volumes"])
    people = settings.var_dir / "people"
    assert any(place.startswith(f"{people}:") and "mode=0700" in place for place in REPLICAS["one"]["tmpfs"])


def test_guests_come_in_because_the_port_is_open_to_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert opened and all(port.startswith("127.0.0.1:") for port in opened)
    settings = settings_of("one", monkeypatch)
    assert Rules.of(settings).guests
    taken = Origins.of(settings)
    assert taken.refusal("GET", Headers({"host": opened[0].rsplit(":", 1)[0]})) is None
    assert taken.refusal("POST", Headers({"host": "localhost:8080", "origin": "http://localhost:8080"})) is None
    assert taken.refusal("GET", Headers({"host": "rebound.example:8080"})), "pages of other sites cannot name it"


def test_off_this_machine_guests_and_names_are_a_line_of_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("one", monkeypatch, CICERONE_GUESTS="off", CICERONE_ALLOWED_HOSTS="guide.example")
    assert not Rules.of(settings).guests
    assert Origins.of(settings).refusal("GET", Headers({"host": "guide.example"})) is None


def test_who_waits_for_a_healthy_service_waits_for_one_that_tells() -> None:
    assert "HEALTHCHECK" in IMAGE and "/readyz" in IMAGE
    for service in SERVICES.values():
        for other, on in service.get("depends_on", {}).items():
            tells = "healthcheck" in SERVICES[other] or other in REPLICAS
            assert on["condition"] != "service_healthy" or tells, other


def test_stops_and_turns_have_the_time_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("one", monkeypatch)
    assert int(REPLICAS["one"]["stop_grace_period"].removesuffix("s")) >= settings.stop_s + 15
    (waits,) = re.findall(r"proxy_read_timeout (\d+)s", PROXY)
    assert int(waits) > settings.turn_deadline_s


def test_the_proxy_asks_the_replicas_and_listens_where_the_port_is() -> None:
    assert sorted(re.findall(r"server (\w+):7860", PROXY)) == sorted(REPLICAS)
    assert re.findall(r"listen (\d+);", PROXY) == ["8080"]
    assert SERVICES["proxy"]["ports"] == ["127.0.0.1:8080:8080"]
    assert "./deploy/nginx.conf:/etc/nginx/nginx.conf:ro" in SERVICES["proxy"]["volumes"]


def test_every_volume_used_is_declared_and_every_program_runs_without_rights() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])
    for name in ("one", "two", "catalogues", "proxy"):
        assert SERVICES[name]["read_only"] and SERVICES[name]["cap_drop"] == ["ALL"]
