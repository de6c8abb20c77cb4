"""What people have here: chats, links, settings, what is known of them."""

from collections.abc import Callable

from sheets_server import Server, Visit, say


def test_chats_are_listed_and_deleted_with_their_traces(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ann, bob = await server.browser(), await server.browser()
        first = (await say(ann, "a drama from before 2000"))["thread_id"]
        await say(ann, "something funny")
        page = (await ann.get("/look/chats")).text
        assert page.index("something funny") < page.index("a drama from before 2000")
        assert "something funny" not in (await bob.get("/look/chats")).text
        await bob.post("/look/chats", data={"gone": first})
        assert "a drama from before 2000" in (await ann.get("/look/chats")).text
        page = (await ann.post("/look/chats", data={"gone": first})).text
        assert "a drama" not in page
        assert "something funny" in page
        assert (await ann.get(f"/look/how?thread={first}")).status_code == 404

    visit(visiting)


def test_a_link_shows_what_was_said_until_then_and_can_be_taken_back(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ann, bob = await server.browser(), await server.browser()
        out = await say(ann, "a drama from before 2000")
        thread_id = out["thread_id"]
        assert (await bob.post("/look/share", data={"thread": thread_id, "do": "open"})).status_code == 404
        page = (await ann.post("/look/share", data={"thread": thread_id, "do": "open"})).text
        link = page.split("/shared/")[1].split('"')[0]
        await say(ann, "with Tom Hanks", thread_id)
        shared = (await bob.get(f"/shared/{link}")).text
        assert "a drama from before 2000" in shared
        assert out["items"][0]["title"] in shared
        assert "Tom Hanks" not in shared
        assert "<script" not in shared
        await bob.post("/look/share", data={"thread": thread_id, "do": "revoke"})
        assert (await bob.get(f"/shared/{link}")).status_code == 200
        await ann.post("/look/share", data={"thread": thread_id, "do": "revoke"})
        assert (await bob.get(f"/shared/{link}")).status_code == 404

    visit(visiting)


def test_a_deleted_chat_takes_its_links_along(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ann = await server.browser()
        thread_id = (await say(ann, "a drama from before 2000"))["thread_id"]
        page = (await ann.post("/look/share", data={"thread": thread_id, "do": "open"})).text
        link = page.split("/shared/")[1].split('"')[0]
        await ann.post("/look/chats", data={"gone": thread_id})
        assert (await ann.get(f"/shared/{link}")).status_code == 404

    visit(visiting)


def test_settings_stay_in_the_browser_and_only_known_ones(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        chosen = {"catalog": "games", "planner": "basic", "lean": "1", "k": "3"}
        page = (await browser.post("/look/settings", data=chosen)).text
        assert "Kept." in page
        assert {f"cicerone_{name}": value for name, value in chosen.items()}.items() <= dict(browser.cookies).items()
        assert '<option value="3" selected>3</option>' in page
        await browser.post("/look/settings", data={"catalog": "<b>", "k": "10000", "lean": "7"})
        assert not {"cicerone_catalog", "cicerone_k", "cicerone_lean"} & set(browser.cookies)

    visit(visiting)


def test_guests_are_told_that_nothing_outlives_the_conversation(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        thread_id = (await say(browser, "a drama from before 2000"))["thread_id"]
        page = (await browser.get(f"/look/you?thread={thread_id}")).text
        assert "You are a guest" in page
        assert "Drama" in page
        assert (await browser.post("/look/you", data={"do": "off"})).status_code == 404

    visit(visiting)


def test_known_people_read_correct_switch_and_take_away_what_is_known(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ada = await server.browser("ada")
        await ada.post("/v1/feedback", json={"kind": "like", "item_id": "tt0133093"})
        await ada.post("/v1/feedback", json={"kind": "like", "item_id": "tt0078748"})
        page = (await ada.get("/look/you")).text
        assert "The Matrix" in page
        assert "% sure" in page
        key = page.split('name="key" value="')[1].split('"')[0]
        assert (
            "What you do not like"
            in (await ada.post("/look/you", data={"do": "change", "key": key, "kind": "dislike"})).text
        )
        page = (await ada.get("/look/you")).text
        keys = [part.split('"')[0] for part in page.split('name="key" value="')[1:]]
        assert len(keys) == 2
        await ada.post("/look/you", data={"do": "forget", "key": keys[0]})
        assert (await ada.get("/look/you")).text.count('name="key"') == 1
        assert "The memory is off" in (await ada.post("/look/you", data={"do": "off"})).text
        export = await ada.get("/look/you/export")
        assert export.json()["profile"]["on"] is False
        assert "attachment" in export.headers["content-disposition"]

    visit(visiting)


def test_everything_is_deleted_only_by_who_is_sure(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ada = await server.browser("ada")
        await say(ada, "a drama from before 2000")
        assert (await ada.post("/look/you", data={"do": "delete"})).status_code == 400
        assert "a drama" in (await ada.get("/look/chats")).text
        assert "Deleted: 1 conversation" in (await ada.post("/look/you", data={"do": "delete", "sure": "yes"})).text
        assert "a drama" not in (await ada.get("/look/chats")).text

    visit(visiting)
