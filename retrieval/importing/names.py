"""What the name of a column says: its words, and what such words are for, also in a few other languages."""

import re
from collections.abc import Iterator

from retrieval.text import fold

TITLE = "title"
PERSON = "person"
FACET = "facet"
TEXT = "text"
IMAGE = "image"
LINK = "link"
NUMBER = "number"
DATE = "date"
ID = "id"
CODE = "code"
ORIGIN = "origin"
STAMP = "stamp"
PLACE = "place"
CONTACT = "contact"
ROW = "row"

_WORDS = {
    TITLE: "title titel titre titulo titolo name nombre nom nome naam heading headline bezeichnung denominazione",
    PERSON: """byline
        director cast actor actress author writer creator artist starring composer designer illustrator narrator
        chef producer host singer developer presenter speaker instructor teacher tutor lecturer editor translator
        photographer painter architect performer musician band conductor lyricist coach brewer winemaker taster by
        screenwriter cinematographer screenplay contributor inventor sculptor cook crew organizer autor autorin autore
        autora auteur realisateur regisseur regie regista director schauspieler acteur actrice attore kunstler artista
        schriftsteller dirigent interpret koch cocinero cocinera verfasser musica uebersetzer ubersetzer traductor""",
    FACET: """genre category categorie categoria kategorie tag keyword country language lang brand type kind class
        subject studio publisher color colour material theme mood mechanic cuisine diet platform label manufacturer
        maker company winery vineyard region city state province county district neighborhood neighbourhood location
        venue department family style format level difficulty variety grape topic field season occasion gender
        audience status condition collection series album franchise certification rated classification sector industry
        skill amenity feature allergen course meal origin nationality culture period era movement breed habitat medium
        network channel store seller vendor supplier shop group section technique flavor flavour pattern fabric license
        genero gattung rubrik typ pais pays land sprache idioma langue lingua marke marca marque farbe couleur colore
        verlag editorial editeur editore ort stadt ciudad ville citta tipo schlagwort thema tema hersteller fabricante
        fabricant dificultad difficulte schwierigkeit cocina cucina kuche einband zustand etiqueta serie paese
        listed airline team club league dish product_type shape finish scent operator employer range tier generation
        grade distillery brewery roaster roastery bakery cask""",
    TEXT: """overview description desc plot synopsis summary abstract tagline logline extract blurb text review step
        ingredient subtitle story body note about detail content direction instruction preparation bio biography
        excerpt teaser intro introduction comment remark lyric transcript quote quotation message caption
        beschreibung descripcion descrizione inhalt zusammenfassung resumen riassunto handlung texto texte testo
        zutat ingrediente zubereitung elaboracion preparacion paso etape anleitung bemerkung notiz klappentext
        sinopsis trama resena zutaten procedimiento""",
    IMAGE: """image img poster thumbnail thumb cover photo picture pic artwork bild foto imagen immagine logo icon
        avatar banner screenshot""",
    LINK: "url link href uri website homepage permalink web wikipedia",
    NUMBER: """price cost preis precio prix prezzo year jahr annee ano anno rating score vote count num quantity qty
        amount length width height depth weight duration runtime minute hour page seite pagina calorie kcal rank age
        vintage salary rent budget revenue gross sqft bedroom bathroom room bed bath serving portion temperature abv
        alcohol percent ratio average mean min max stock sale install download view like follower popularity distance
        speed power watt volume capacity size filesize
        time zeit tiempo temps tempo dauer duracion duree durata gewicht peso anzahl
        menge bewertung point star""",
    DATE: "date datum fecha day since until deadline birthday release released added published premiere",
    ID: "id ids isbn isbn10 isbn13 asin sku gtin ean upc uuid guid issn doi imdb oclc",
    CODE: "key code slug ref reference nr no number nummer numero codigo kennung handle barcode serial",
    ORIGIN: "source hash checksum md5 sha1 sha256 crc crc32 etag fingerprint",
    STAMP: """created updated modified scraped crawled imported ingested fetched inserted indexed retrieved exported
        timestamp ts""",
    PLACE: "lat latitude lng lon long longitude coordinates geometry geom latlng geolocation",
    CONTACT: "phone tel telephone fax email mail zip zipcode postcode postal plz postleitzahl",
    ROW: "index idx row rownum rownumber unnamed",
}  # fmt: skip
_KIND = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_SUFFIXES = sorted((w for w in _KIND if len(w) >= 4 or w == "url"), key=len, reverse=True)
_NAMES = {"name", "nombre", "nom", "nome", "naam"}
_THINGS = """item product movie film book user song track game show video article post recipe hotel wine job course
    event app brand customer business listing property album artist restaurant place anime author""".split()
_TYPES = ("token", "token_seq", "float", "float_seq")
_NO_HEAD = {"of", "de", "du", "des", "von", "di", "del"}
_NOT_BY_SUFFIX = {"candidate", "update", "mandate", "surname"}


def words_of(name: str) -> list[str]:
    """Split a column name: "runtimeMin", "runtime_min", "runtime_min:float" (RecBole) → ["runtime", "min"]."""
    bare, _, kind = name.rpartition(":")
    if not bare or kind not in _TYPES:
        bare = name
    return re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower())


def kinds_of(name: str) -> list[str]:
    """Return what the words of a name are for, the word that the name is about first.

    That is the last one ("cover type" is a type), the one before "of" ("country of origin" is a country); a bare
    "name" behind another word tells less than that word ("author name").
    """
    words = words_of(name)
    cut = next((at for at, word in enumerate(words) if word in _NO_HEAD and at), len(words))
    ordered = [*reversed(words[:cut]), *words[cut + 1 :]]
    kinds = [kind for word in ordered if (kind := _kind_of(word))]
    if cut < len(words) and kinds[:1] == [CODE]:
        return [NUMBER, *kinds[1:]]  # "number of pages"
    if len(kinds) > 1 and kinds[0] == TITLE and kinds[1] in (PERSON, FACET, CONTACT) and _NAMES & set(words):
        kinds = kinds[1:]
    return kinds


def _kind_of(word: str) -> str:
    for stem in stems_of(word):
        if stem in _KIND:
            return _KIND[stem]
    if word in _NOT_BY_SUFFIX:
        return ""
    folded = fold(word)
    if folded.endswith("id") and folded[:-2] in _THINGS:
        return ID
    return next((_KIND[end] for end in _SUFFIXES if folded.endswith(end) and len(folded) > len(end)), "")


def stems_of(word: str) -> Iterator[str]:
    """Yield a word without accents, then without the endings of a plural and without figures behind it."""
    folded = fold(word)
    yield folded
    yield folded.removesuffix("s")
    yield re.sub("ies$", "y", folded)
    yield re.sub("(es|en|n)$", "", folded)
    yield folded.rstrip("0123456789")
