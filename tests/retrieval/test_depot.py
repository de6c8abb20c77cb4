"""What is published is fetched whole or not at all, by every driver alike."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from errors import BundleError, SettingsError
from retrieval.building import build_bundle
from retrieval.bundle import open_bundle
from retrieval.depot import Depot, fetch_all
from retrieval.importing.imported import no_progress
from retrieval.manifest import CURRENT, MANIFEST, pointed_at

ROWS = [{"id": f"t{n}", "title": f"Tea number {n}", "colour": "green" if n % 2 else "black"} for n in range(12)]


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"file://{tmp_path / 'depot'}" if request.param == "file" else f"memory://depot-{uuid4().hex}"


@pytest.fixture
def maker(tmp_path: Path) -> Path:
    """A machine that builds."""
    return _build(tmp_path / "maker", 12)


def _build(var: Path, n: int) -> Path:
    import pandas

    build_bundle(pandas.DataFrame(ROWS[:n]), "teas", var, vectors=False)
    return var


def _current(var: Path) -> str:
    return pointed_at(var / "catalogs" / "teas")


def test_a_replica_gets_what_was_published_and_then_the_next_build(url: str, maker: Path, tmp_path: Path) -> None:
    depot, replica = Depot(url), tmp_path / "replica"
    assert depot.names() == []
    assert depot.fetch(replica, "teas", no_progress) is None
    first = depot.publish(maker, "teas", no_progress)
    assert Depot(url).names() == ["teas"]
    assert Depot(url).fetch(replica, "teas", no_progress) == first == _current(replica)
    assert open_bundle(replica, "teas").manifest.n_items == 12
    assert depot.fetch(replica, "teas", no_progress) is None
    _build(maker, 7)
    second = depot.publish(maker, "teas", no_progress)
    assert fetch_all(Depot(url), replica, no_progress) == []
    assert _current(replica) == second != first
    assert open_bundle(replica, "teas").manifest.n_items == 7
    assert (replica / "catalogs" / "teas" / first).is_dir(), "the build before it stays, to go back to"


def test_of_published_builds_the_last_two_stay(tmp_path: Path, maker: Path) -> None:
    depot = Depot(f"file://{tmp_path / 'depot'}")
    builds = [depot.publish(maker, "teas", no_progress)]
    for n in (5, 6):
        _build(maker, n)
        builds.append(depot.publish(maker, "teas", no_progress))
    assert sorted(p.name for p in (tmp_path / "depot" / "teas").iterdir() if p.is_dir()) == builds[1:]


def test_a_build_that_was_damaged_on_the_way_changes_nothing(tmp_path: Path, maker: Path) -> None:
    depot, replica = Depot(f"file://{tmp_path / 'depot'}"), tmp_path / "replica"
    first = depot.publish(maker, "teas", no_progress)
    depot.fetch(replica, "teas", no_progress)
    _build(maker, 5)
    second = depot.publish(maker, "teas", no_progress)
    stored = tmp_path / "depot" / "teas" / second / "lexical.npz"
    whole = stored.read_bytes()
    stored.write_bytes(whole[:-3] + b"xxx")
    (problem,) = fetch_all(depot, replica, no_progress)
    assert "damaged" in problem and "lexical.npz" in problem
    assert _current(replica) == first
    assert open_bundle(replica, "teas").manifest.n_items == 12
    stored.write_bytes(whole)
    assert fetch_all(depot, replica, no_progress) == []
    assert _current(replica) == second


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": 0}'])
def test_a_manifest_that_cannot_be_read_changes_nothing(tmp_path: Path, maker: Path, content: bytes) -> None:
    depot = Depot(f"file://{tmp_path / 'depot'}")
    build = depot.publish(maker, "teas", no_progress)
    (tmp_path / "depot" / "teas" / build / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError):
        depot.fetch(tmp_path / "replica", "teas", no_progress)
    assert _current(tmp_path / "replica") == ""


def test_nothing_is_written_outside_of_the_build(tmp_path: Path, maker: Path) -> None:
    depot = Depot(f"file://{tmp_path / 'depot'}")
    build = depot.publish(maker, "teas", no_progress)
    manifest = tmp_path / "depot" / "teas" / build / MANIFEST
    manifest.write_text(manifest.read_text().replace('"lexical.npz"', '"../../../../stolen.npz"'))
    with pytest.raises(BundleError, match="leads out of it"):
        depot.fetch(tmp_path / "replica", "teas", no_progress)
    assert not list(tmp_path.rglob("stolen.npz"))
    (tmp_path / "depot" / "teas" / CURRENT).write_text("../../elsewhere")
    with pytest.raises(BundleError, match="which is no build"):
        depot.fetch(tmp_path / "replica", "teas", no_progress)


def test_a_fetch_that_was_broken_off_goes_on(tmp_path: Path, maker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    depot, replica = Depot(f"file://{tmp_path / 'depot'}"), tmp_path / "replica"
    build = depot.publish(maker, "teas", no_progress)
    fetched: list[str] = []
    get_file = depot._fs.get_file

    def get(source: str, target: str) -> None:
        if len(fetched) == 2:
            raise OSError("the line went dead")
        fetched.append(source)
        get_file(source, target)

    monkeypatch.setattr(depot._fs, "get_file", get)
    with pytest.raises(BundleError, match="the line went dead"):
        depot.fetch(replica, "teas", no_progress)
    monkeypatch.setattr(
        depot._fs, "get_file", lambda source, target: (fetched.append(source), get_file(source, target))
    )
    assert depot.fetch(replica, "teas", no_progress) == build
    assert len(fetched) == len(set(fetched)), "no file was fetched twice"


def test_what_is_missing_or_damaged_here_is_not_published(tmp_path: Path, maker: Path) -> None:
    depot = Depot(f"file://{tmp_path / 'depot'}")
    with pytest.raises(BundleError, match="to publish"):
        depot.publish(tmp_path / "nobody", "teas", no_progress)
    (maker / "catalogs" / "teas" / _current(maker) / "lexical.npz").write_bytes(b"x")
    with pytest.raises(BundleError, match="damaged"):
        depot.publish(maker, "teas", no_progress)
    assert depot.names() == []


def test_a_depot_that_does_not_answer_is_one_sentence(tmp_path: Path, maker: Path) -> None:
    (tmp_path / "depot").write_text("a file, not a folder")
    depot = Depot(f"file://{tmp_path / 'depot'}")
    with pytest.raises(BundleError, match="Check CICERONE_BUNDLES_URL"):
        depot.publish(maker, "teas", no_progress)


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(SettingsError, match="CICERONE_BUNDLES_URL='gopher://x' cannot be used"):
        Depot("gopher://x")


def test_local_builds_that_are_gone_are_fetched_again(tmp_path: Path, maker: Path) -> None:
    depot, replica = Depot(f"file://{tmp_path / 'depot'}"), tmp_path / "replica"
    build = depot.publish(maker, "teas", no_progress)
    depot.fetch(replica, "teas", no_progress)
    shutil.rmtree(replica)
    assert depot.fetch(replica, "teas", no_progress) == build
