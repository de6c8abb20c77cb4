"""Items in full, side by side, and how answers came about."""

from collections.abc import Callable

from sheets_server import Server, Visit, say


def test_an_item_is_shown_with_all_that_is_known_of_it(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        page = (await browser.get("/look/item?id=tt0133093")).text
        for known in ("The Matrix", "Laurence Fishburne", "136 min", "joins a revolt against the machines", "88"):
            assert known in page
        assert "The Matrix Reloaded" in page  # near it
        assert "Why it was picked" not in page

    visit(visiting)


def test_an_item_of_a_list_tells_why_it_was_picked_to_its_owner_alone(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ann, bob = await server.browser(), await server.browser()
        out = await say(ann, "a drama from before 2000")
        address = f"/look/item?id={out['items'][0]['item_id']}&thread={out['thread_id']}"
        assert "Why it was picked" in (await ann.get(address)).text
        assert "Why it was picked" not in (await bob.get(address)).text

    visit(visiting)


def test_what_is_not_there_is_said_on_a_page(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        for address, status in (
            ("/look/item?id=nothing", 404), ("/look/item", 422), ("/look/item?id=tt0133093&catalog=no", 404),
            ("/look/compare?id=tt0133093", 400), ("/look/how?thread=x", 404), ("/shared/x", 404),
        ):  # fmt: skip
            answer = await browser.get(address)
            assert (answer.status_code, "<h1>Not to be shown</h1>" in answer.text) == (status, True), address

    visit(visiting)


def test_items_beside_each_other_mark_what_they_share(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        page = (await browser.get("/look/compare?id=tt0133093&id=tt0234215&id=tt0133093")).text
        assert page.count('<th scope="col">') == 2
        assert '<tr class="same"><th scope="row"><bdi>Genres</bdi>' in page
        assert '<tr><th scope="row"><bdi>Year</bdi>' in page

    visit(visiting)


def test_how_an_answer_came_about_is_told_to_its_owner_alone(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        ann, bob = await server.browser(), await server.browser()
        thread_id = (await say(ann, "a drama from before 2000"))["thread_id"]
        await say(ann, "with Tom Hanks", thread_id)
        page = (await ann.get(f"/look/how?thread={thread_id}")).text
        for told in ("with Tom Hanks", "Where the time went", "What the scores are made of", "None was asked."):
            assert told in page
        assert page.count("data-look") >= 2  # one link a turn
        assert (await bob.get(f"/look/how?thread={thread_id}")).status_code == 404

    visit(visiting)


def test_the_map_shows_the_list_in_a_picture_and_in_words(visit: Callable[[Visit], None]) -> None:
    async def visiting(server: Server) -> None:
        browser = await server.browser()
        out = await say(browser, "a drama from before 2000")
        page = (await browser.get(f"/look/map?thread={out['thread_id']}")).text
        first = out["items"][0]["title"]
        assert f'aria-label="1. {first}"' in page
        assert page.count('class="pick"') == len(out["items"])
        assert page.index("In words") < page.rindex(first)

    visit(visiting)
