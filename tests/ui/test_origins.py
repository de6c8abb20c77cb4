"""Names and origins: no page of another site reaches the server, and listed ones do without cookies."""

from typing import Any

import pytest
from fake_agent import FakeLibrary
from fastapi.testclient import TestClient

from settings import Settings
from ui.access import Access, local_access
from ui.http import create_api
from ui.origins import Origins

HERE = "127.0.0.1:7860"
SHOP = "https://shop.example"


def opened(library: FakeLibrary, **given: Any) -> TestClient:
    settings = Settings(_env_file=None, guests="on", **given)  # type: ignore[call-arg]
    app = create_api(library, Access(local_access().doorkeeper, Origins.of(settings)))
    return TestClient(app, f"http://{HERE}", raise_server_exceptions=False)


def say(client: TestClient, **head: str) -> Any:
    return client.post("/v1/chat", json={"message": "a mystery"}, headers=head)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        (HERE, True), ("localhost:7860", True), ("[::1]:7860", True), ("LOCALHOST", True),
        ("evil.example", False), ("127.0.0.1.evil.example", False), ("127.0.0.1@evil.example", False),
        ("localhost.evil.example:7860", False), ("[::1", False), ("", False), ("10.0.0.7:7860", False),
    ],
)  # fmt: skip
def test_on_loopback_only_its_own_names_are_taken(library: FakeLibrary, host: str, is_ours: bool) -> None:
    client = opened(library)
    for path in ("/v1/catalogs", "/healthz", "/"):
        assert (client.get(path, headers={"Host": host}).status_code == 421) is not is_ours
    assert say(client, Host=host).status_code == (200 if is_ours else 421)


def test_other_names_are_taken_by_a_setting_and_off_loopback(library: FakeLibrary) -> None:
    named = opened(library, allowed_hosts="guide.example, Guide.Internal")
    assert say(named, Host="guide.example").status_code == 200
    assert say(named, Host="guide.internal:80").status_code == 200
    assert say(named, Host="evil.example").status_code == 421
    assert say(opened(library, host="0.0.0.0"), Host="any.example").status_code == 200
    assert say(opened(library, host="0.0.0.0", allowed_hosts="guide.example"), Host="any.example").status_code == 421


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"http://{HERE}", 200), ("http://localhost:7860", 200), ("http://[::1]:7860", 200),
        ("https://evil.example", 403), ("null", 403), ("", 403), ("http://127.0.0.1.evil.example:7860", 403),
        ("http://127.0.0.1:9999", 403), ("http://127.0.0.1", 403), (SHOP, 403), ("http://[::1", 403),
    ],
)  # fmt: skip
def test_pages_of_elsewhere_send_nothing(library: FakeLibrary, origin: str, status: int) -> None:
    client = opened(library)
    answer = say(client, Origin=origin)
    assert answer.status_code == status
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert client.get("/v1/catalogs", headers={"Origin": origin}).status_code == 200, "what is read stays unread there"


def test_behind_a_proxy_its_pages_are_known_by_the_setting(library: FakeLibrary) -> None:
    client = opened(library, allowed_hosts="guide.example")
    assert say(client, Origin="https://guide.example").status_code == 200
    assert say(client, Origin="https://guide.example.evil.example").status_code == 403


def test_a_listed_origin_asks_first_and_reads_the_answer(library: FakeLibrary) -> None:
    client = opened(library, cors_origins=f"{SHOP}/, https://other.example")
    asking = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    preflight = client.options("/v1/chat", headers=asking)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == SHOP
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    answer = say(client, Origin=SHOP)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    for refused in (
        say(client, Origin="https://evil.example"),
        client.options("/v1/chat", headers={**asking, "Origin": "null"}),
    ):
        assert "access-control-allow-origin" not in refused.headers
    for anybody in (preflight, answer, client.get("/v1/catalogs")):
        assert anybody.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in anybody.headers


def test_no_cookie_counts_for_a_page_of_elsewhere(library: FakeLibrary) -> None:
    client = opened(library, cors_origins=SHOP)
    client.get("/")
    mine = client.get("/v1/users/me/profile").json()["user_id"]
    assert client.get("/v1/users/me/profile").json()["user_id"] == mine
    assert client.get("/v1/users/me/profile", headers={"Origin": SHOP}).json()["user_id"] != mine
