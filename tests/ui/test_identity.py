"""Who is asking, over the whole app: guests, tokens, and the word of a proxy that is to be trusted."""

from collections.abc import Callable
from typing import Any

import pytest
from fake_agent import FakeAgent, FakeLibrary
from fastapi.testclient import TestClient

from agents.database import SqliteDatabase
from errors import SettingsError
from settings import Settings
from ui.access import Access
from ui.guests import Guests
from ui.http import create_api
from ui.identity import Doorkeeper, Rules
from ui.origins import Origins
from ui.scopes import SCOPES
from ui.tokens import Tokens, new_token

ADDRESS = "http://127.0.0.1:7860"
PROXY = "10.0.0.2"
Opened = Callable[..., TestClient]


def settings_of(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SqliteDatabase())


@pytest.fixture
def opened(library: FakeLibrary, tokens: Tokens) -> Opened:
    """A client at an address, of a server with these settings."""

    def open_at(address: str = "127.0.0.1", **given: Any) -> TestClient:
        settings = settings_of(**given)
        access = Access(Doorkeeper(Rules.of(settings), tokens, b"secret" * 6), Origins.of(settings))
        app = create_api(library, access)
        return TestClient(app, ADDRESS, raise_server_exceptions=False, client=(address, 5000))

    return open_at


def token(tokens: Tokens, user_id: str = "ada", *scopes: str) -> dict[str, str]:
    sent, kept = new_token("test", user_id=user_id)
    tokens.add(kept.model_copy(update={"scopes": frozenset(scopes)}) if scopes else kept)
    return {"Authorization": f"Bearer {sent}"}


def asked_as(client: TestClient, head: dict[str, str] | None = None) -> str:
    """Return who the server takes the sender for, "" for nobody."""
    answer = client.get("/v1/users/me/profile", headers=head)
    return str(answer.json()["user_id"]) if answer.status_code == 200 else ""


def test_the_holder_of_a_token_is_its_user_wherever_they_come_from(opened: Opened, tokens: Tokens) -> None:
    head = token(tokens)
    for host in ("127.0.0.1", "0.0.0.0"):
        assert asked_as(opened("203.0.113.9", host=host), head) == "ada"
    assert asked_as(opened(), {"Authorization": head["Authorization"].replace("Bearer", "bearer")}) == "ada"


@pytest.mark.parametrize("guests", ["auto", "on", "off"])
def test_a_token_that_claims_to_be_ours_must_be(opened: Opened, tokens: Tokens, guests: str) -> None:
    head = token(tokens)
    tokens.forget("ada")
    answer = opened(guests=guests).get("/v1/catalogs", headers=head)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_any_other_key_is_a_guests_where_guests_are_let_in(opened: Opened) -> None:
    head = {"Authorization": "Bearer sk-anything"}
    assert asked_as(opened(), head).startswith("guest-")
    assert opened(guests="off").get("/v1/catalogs", headers=head).status_code == 401


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 200),
        ({"host": "0.0.0.0"}, 401),
        ({"host": "0.0.0.0", "guests": "on"}, 200),
        ({"guests": "off"}, 401),
        ({"proxy_header": "X-User", "proxy_addresses": PROXY}, 401),
        ({"proxy_header": "X-User", "proxy_addresses": PROXY, "guests": "on"}, 200),
    ],
)
def test_guests_are_let_in_on_loopback_or_where_they_are_wanted(
    opened: Opened, given: dict[str, str], status: int
) -> None:
    client = opened(**given)
    calls = [client.get("/v1/catalogs"), client.post("/v1/chat", json={"message": "a mystery"})]
    assert {answer.status_code for answer in calls} == {status}
    assert client.get("/").status_code == (404 if status == 200 else 401), "the page is not mounted here"
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/docs", "/openapi.json")] == [200] * 4


def test_clients_of_openai_are_refused_in_their_shape(opened: Opened) -> None:
    answer = opened(guests="off").post("/v1/chat/completions", json={"messages": []})
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("Guests are not let in.")


def test_a_proxy_is_believed_from_its_own_address_alone(opened: Opened) -> None:
    given = {"host": "0.0.0.0", "proxy_header": "X-User", "proxy_addresses": f"{PROXY}, 10.1.0.0/16, fd00::/8"}
    for address in (PROXY, "10.1.200.3", "fd00::7"):
        assert asked_as(opened(address, **given), {"X-User": "ada@example.org"}) == "login-ada@example.org"
    spoofed = {"X-User": "ada", "X-Forwarded-For": PROXY, "X-Real-IP": PROXY, "Forwarded": f"for={PROXY}"}
    for address in ("10.0.0.3", "203.0.113.9", "fe80::1", "127.0.0.1", "testclient"):
        assert asked_as(opened(address, **given), spoofed) == ""
        assert asked_as(opened(address, **given, guests="on"), spoofed).startswith("guest-")


@pytest.mark.parametrize("name", ["", " ", "a\x7fb", "x" * 201])
def test_a_proxy_that_names_nobody_logs_nobody_in(opened: Opened, name: str) -> None:
    client = opened(PROXY, host="0.0.0.0", proxy_header="X-User", proxy_addresses=PROXY)
    assert asked_as(client, {"X-User": name}) == ""


def test_a_header_sent_twice_is_not_the_word_of_the_proxy(opened: Opened) -> None:
    client = opened(PROXY, host="0.0.0.0", proxy_header="X-User", proxy_addresses=PROXY)
    answer = client.get("/v1/users/me/profile", headers=[("X-User", "eve"), ("X-User", "ada")])  # type: ignore[arg-type]
    assert answer.status_code == 401


def test_nobody_logs_in_as_a_guest_or_as_the_user_of_a_token(opened: Opened, tokens: Tokens) -> None:
    client = opened(PROXY, host="0.0.0.0", proxy_header="X-User", proxy_addresses=PROXY)
    guest = Guests(b"secret" * 6)
    user_id = str(guest.user_id(guest.new_token()))
    assert asked_as(client, {"X-User": user_id}) == f"login-{user_id}"


@pytest.mark.parametrize(
    "given",
    [
        {"proxy_header": "X-User"},
        {"proxy_addresses": PROXY},
        {"proxy_header": "X-User", "proxy_addresses": "proxy.example.org"},
        {"proxy_header": "X-User", "proxy_addresses": "10.0.0.0/99"},
    ],
)
def test_half_a_proxy_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as error:
        Rules.of(settings_of(**given))
    assert "CICERONE_PROXY_ADDRESSES" in str(error.value)


def test_a_cookie_is_the_guests_who_got_it(opened: Opened) -> None:
    client = opened()
    client.get("/")
    mine = asked_as(client)
    cookie = client.cookies["cicerone_guest"]
    assert mine.startswith("guest-") and mine == asked_as(client)
    assert mine.removeprefix("guest-") not in cookie
    forged = [Guests(b"another secret").new_token(), cookie[:-1] + ("A" if cookie[-1] != "A" else "B"), "A" * 64, mine]
    forged += [("A" if cookie[0] != "A" else "B") + cookie[1:], cookie[:-1], cookie + "A", ""]
    for tampered in forged:
        client.cookies.clear()
        client.cookies.set("cicerone_guest", tampered)
        assert asked_as(client) not in ("", mine), "taken for a new guest"


def test_a_known_user_gets_no_guests_token_in_the_thread_id(opened: Opened, tokens: Tokens, agent: FakeAgent) -> None:
    thread = opened().post("/v1/chat", json={"message": "a mystery"}, headers=token(tokens)).json()["thread_id"]
    assert "." not in thread
    assert agent.users == {"ada"}


def test_each_scope_opens_its_doors_alone(opened: Opened, tokens: Tokens) -> None:
    client = opened(host="0.0.0.0")
    calls = {
        "chat": [
            ("POST", "/v1/chat", {"message": "a mystery"}),
            ("POST", "/v1/recommend", {"query": "a lamp"}),
            ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "a mystery"}]}),
            ("POST", "/v1/feedback", {"kind": "like", "item_id": "b1"}),
        ],
        "read": [("GET", "/v1/catalogs", None), ("GET", "/v1/items/b1", None), ("GET", "/v1/models", None)],
        "people": [("GET", "/v1/users/me/profile", None), ("GET", "/v1/users/me/export", None)],
        "metrics": [("GET", "/metrics", None)],
    }
    for scope in SCOPES:
        head = token(tokens, "ada", scope)
        for needed, doors in calls.items():
            statuses = {
                client.request(method, path, json=body, headers=head).status_code for method, path, body in doors
            }
            assert statuses == ({200} if scope in (needed, "admin") else {403}), (scope, needed)


def test_no_door_is_left_without_a_question_for_the_right_to_use_it(opened: Opened, tokens: Tokens) -> None:
    client = opened(host="0.0.0.0")
    head = token(tokens, "ada", "")
    statuses = {
        path: client.request(method, path.replace("{", "").replace("}", ""), json={}, headers=head).status_code
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert len(statuses) > 12
    assert {path for path, status in statuses.items() if status != 403} == {"/healthz", "/readyz"}
