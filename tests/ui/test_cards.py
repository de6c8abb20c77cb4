"""What cards and chips show, chosen by role; everything escaped."""

import re

from fake_agent import FIELDS, NASTY, FakeAgent

from agents.events import Chip, Reason, SlateItem
from retrieval.items import Field, Filter, Role
from ui.cards import card, chips_html, slate_html
from ui.faces import hue
from ui.shield import content_policy

BOOKS = {field.name: field for field in FIELDS}
NOUN = ("book", "books")


def book(**changes: object) -> SlateItem:
    facts = {"year": 1999, "genres": ["Mystery", "Travel"], "authors": ["A", "B", "C"], "pages": 320, "rating": 81}
    given: dict[str, object] = {"item_id": "b1", "title": "The Lamp", "score": 1.0, "fields": facts} | changes
    return SlateItem.model_validate(given)


def test_roles_decide_what_a_card_shows() -> None:
    shown = card(book(), 1, BOOKS)
    assert shown["year"] == "1999"
    assert shown["facets"] == ["Mystery", "Travel"]
    assert shown["facts"] == ["reader rating 81%", "320 pages"]
    assert shown["people"] == [{"label": "authors", "names": "A, B +1"}]


def test_a_card_of_an_item_with_nothing_known_still_stands() -> None:
    html = slate_html([book(fields={})], [], BOOKS, NOUN)
    assert "The Lamp" in html
    assert "1 book, best first" in html


def test_reasons_name_their_evidence() -> None:
    html = slate_html([book(reasons=[Reason(text="short", source="pages")])], [], BOOKS, NOUN)
    assert '<li title="Rests on: pages"><bdi>short</bdi></li>' in html


def test_a_nearest_miss_says_what_it_misses() -> None:
    shown = card(book(breaks=[Filter(field="pages", op="lte", value=150)]), 1, BOOKS)
    assert shown["missed"] == ["320 pages; you asked for “at most 150 pages”"]
    unknown = card(book(fields={}, breaks=[Filter(field="pages", op="lte", value=150)]), 1, BOOKS)
    assert unknown["missed"] == ["pages unknown; you asked for “at most 150 pages”"]


def test_hostile_titles_stay_text() -> None:
    html = slate_html([book(title=NASTY, item_id='"><script>')], [], BOOKS, NOUN)
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") >= 2


def test_only_web_links_are_offered() -> None:
    fields = {"page": Field(name="page", role=Role.LINK, label="page")}
    assert card(book(fields={"page": "javascript:alert(1)"}), 1, fields)["link"] == ""
    assert card(book(fields={"page": "https://example.org/1"}), 1, fields)["link"] == "https://example.org/1"
    assert card(book(fields={"page": "https://[example"}), 1, fields)["link"] == ""


def test_an_override_of_direction_never_leaves_its_own_words() -> None:
    odd = "gnol \u202e"
    fields = BOOKS | {"blurb": Field(name="blurb", role=Role.TEXT, label=odd)}
    given = Filter(field="genres", op="contains", value=odd)
    facts = {"year": 1999, "genres": [odd], "authors": [odd], "blurb": f"A text {odd}"}
    item = book(title=odd, fields=facts, reasons=[Reason(text=odd, source="blurb")], satisfies=[given], breaks=[given])
    html = slate_html([item], [Chip(key="k", text=odd, kind="limit", words=odd)], fields, NOUN)
    shown = re.sub(r'\s(?:aria-label|title)="[^"]*"', "", html)
    around = re.findall(r"<(\w+)([^>]*)>[^<>]*\u202e", shown)
    assert len(around) >= 8
    assert [tag for tag, rest in around if tag != "bdi" and 'dir="auto"' not in rest] == []


def test_the_colour_of_a_title_never_changes() -> None:
    assert hue("The Lamp") == hue("The Lamp")
    assert 0 <= hue("The Lamp") < 360
    assert len({hue(book["title"]) for book in FakeAgent().books.values()}) > 20


def test_a_liked_item_shows_as_pressed_and_a_click_takes_it_back() -> None:
    chip = Chip(key="like:b1", text="like: The Lamp", kind="like", words="clicked")
    html = slate_html([book()], [chip], BOOKS, NOUN)
    assert 'data-deed="remove_chip" data-item="b1" data-key="like:b1" aria-pressed="true"' in html


def test_chips_carry_their_key_and_words() -> None:
    html = chips_html([Chip(key="limit:pages:lte:150", text="at most 150 pages", kind="limit", words='"short"')])
    assert 'data-key="limit:pages:lte:150"' in html
    assert "&#34;short&#34;" in html
    assert chips_html([]).strip() == ""
    assert 'data-deed="again">Try again</button>' in chips_html([], [("again", "Try again")])


def test_pictures_come_from_listed_hosts_by_https_alone() -> None:
    fields = {"cover": Field(name="cover", role=Role.IMAGE, label="cover")}
    hosts = frozenset({"covers.example.org"})

    def shown(url: str) -> bool:
        return "<img" in slate_html([book(fields={"cover": url})], [], fields, NOUN, hosts)

    assert shown("https://covers.example.org/1.jpg")
    assert not shown("http://covers.example.org/1.jpg")
    assert not shown("https://elsewhere.example.org/1.jpg")
    assert not shown("https://covers.example.org.evil.example/1.jpg")
    assert not shown("javascript:alert(1)")
    assert "img-src 'self' data: https://covers.example.org;" in content_policy(hosts)
    assert "img-src 'self' data:;" in content_policy(frozenset({"*", "evil; script-src *"}))


def test_days_flags_and_one_value_of_each_facet_stand_on_a_card() -> None:
    fields = {
        "lat": Field(name="lat", role=Role.NUMBER, label="lat"),
        "price_eur": Field(name="price_eur", role=Role.NUMBER, label="price", unit="eur"),
        "starts_at": Field(name="starts_at", role=Role.DATE, label="starts at"),
        "city": Field(name="city", role=Role.FACET, label="city", n_values=3),
        "category": Field(name="category", role=Role.FACET, label="category", n_values=3),
        "outdoor": Field(name="outdoor", role=Role.FACET, label="outdoor", n_values=2),
        "free": Field(name="free", role=Role.FACET, label="free", n_values=2),
    }
    values = {"lat": 52.1, "price_eur": 12.5, "starts_at": "2026-12-05", "city": "Ghent", "category": "concert"}
    shown = card(book(fields=values | {"outdoor": "yes", "free": "no"}), 1, fields)
    assert shown["facets"] == ["concert", "Ghent"]
    assert shown["facts"] == ["price €12.50", "starts 5 Dec 2026", "outdoor"]
    assert shown["year"] == ""


def test_cards_show_what_one_chooses_by_in_one_order() -> None:
    fields = {
        "seats": Field(name="seats", role=Role.NUMBER, label="seats"),
        "updated": Field(name="updated", role=Role.DATE, label="updated"),
        "stars": Field(name="stars", role=Role.NUMBER, label="stars"),
        "city": Field(name="city", role=Role.FACET, label="city", n_values=9),
        "starts": Field(name="starts", role=Role.DATE, label="starts"),
        "cost": Field(name="cost", role=Role.NUMBER, label="price", unit="eur"),
        "about": Field(name="about", role=Role.TEXT, label="about"),
    }
    facts = {"seats": 40, "updated": "2026-01-02", "stars": 4, "city": "Graz", "starts": "2027-03-04", "cost": 0,
             "about": "Songs&nbsp;&ndash; at <br/>night <img src=x>"}  # fmt: skip
    shown = card(book(fields=facts), 1, fields)
    assert shown["facts"] == ["free", "starts 4 Mar 2027", "4 stars"]
    assert shown["facets"] == ["Graz"]
    assert shown["text"] == "Songs – at night <img src=x>"
    assert "<img" not in slate_html([book(fields=facts)], [], fields, NOUN)
