"""One choice of embedder for building and asking: by settings, kept in the manifest, refused when it is another."""

from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pytest
from embedding_server import EmbeddingServer
from onnx_folder import write_folder

from errors import BundleError, ModelUnavailable, SettingsError, ToolError
from retrieval.building import build_bundle
from retrieval.bundle import open_bundle
from retrieval.embed import Embedder, MiniLM
from retrieval.embed_endpoint import EndpointEmbedder
from retrieval.embed_folder import FolderEmbedder
from retrieval.embedders import chosen_embedder, how_to_choose
from retrieval.importing import import_table
from retrieval.manifest import current_build, read_manifest
from settings import Settings
from tools import call_tool
from tools.spec import ToolContext

ADDRESS = "http://vectors.test/v1"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CICERONE_EMBED_API_KEY", "CICERONE_LLM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def settings_of(var_dir: Path, **more: Any) -> Settings:
    unset: dict[str, Any] = {"embed_base_url": None, "embed_model": None, "embed_folder": None}
    return Settings(_env_file=None, var_dir=var_dir, **unset | more)  # type: ignore[call-arg]


def asked(server: EmbeddingServer) -> EndpointEmbedder:
    return EndpointEmbedder(ADDRESS, "tiny", transport=server, sleep=lambda _: None)


def build(var: Path, embedder: Embedder, *titles: str) -> int:
    table = pa.table({"item_id": [f"i{i}" for i, _ in enumerate(titles)], "title": list(titles)})
    return build_bundle(import_table(table), "toys", var, embedder=embedder).n_embedded


def test_the_settings_choose(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "words")
    assert isinstance(chosen_embedder(settings_of(tmp_path)), MiniLM)
    assert isinstance(chosen_embedder(settings_of(tmp_path, embed_folder=folder)), FolderEmbedder)
    served = chosen_embedder(settings_of(tmp_path, embed_base_url=ADDRESS, embed_model="tiny"))
    assert (type(served), served.name) == (EndpointEmbedder, "endpoint/tiny")
    assert chosen_embedder(settings_of(tmp_path, embed_base_url=ADDRESS)).name == "endpoint/text-embedding-3-small"


def test_a_key_is_taken_from_the_chat_model_where_none_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "chat")
    assert isinstance(chosen_embedder(settings_of(tmp_path, embed_model="large")), EndpointEmbedder)
    monkeypatch.setenv("CICERONE_EMBED_API_KEY", "vectors")
    key = settings_of(tmp_path).embed_api_key
    assert key is not None and key.get_secret_value() == "vectors"


def test_choices_that_exclude_each_other_or_lack_something_are_told(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "words")
    with pytest.raises(SettingsError, match="CICERONE_EMBED_FOLDER is set together with"):
        chosen_embedder(settings_of(tmp_path, embed_folder=folder, embed_base_url=ADDRESS))
    with pytest.raises(SettingsError, match="neither CICERONE_EMBED_BASE_URL nor CICERONE_EMBED_API_KEY"):
        chosen_embedder(settings_of(tmp_path, embed_model="large"))
    with pytest.raises(SettingsError, match=r"CICERONE_EMBED_FOLDER=.* holds no model\.onnx"):
        chosen_embedder(settings_of(tmp_path, embed_folder=tmp_path))


def test_a_bundle_is_asked_only_with_the_embedder_it_was_built_with(tmp_path: Path) -> None:
    folder = FolderEmbedder(write_folder(tmp_path / "words"))
    served, bundled = asked(EmbeddingServer()), MiniLM(tmp_path / "cache")
    for built in (folder, served):
        build(tmp_path, built, "green tea", "kettle")
        path = current_build(tmp_path, "toys")
        assert path is not None and read_manifest(path, "toys").embedder == built.name
        dense = open_bundle(tmp_path, "toys", built).dense
        assert dense is not None and dense.search("kettle", 1)[0][0] == 1
        for other in {folder, served, bundled} - {built}:
            with pytest.raises(BundleError) as caught:
                open_bundle(tmp_path, "toys", other)
            for said in (repr(built.name), repr(other.name), how_to_choose(built.name), "app.py build"):
                assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (MiniLM.name, "Unset CICERONE_EMBED_BASE_URL"),
        ("endpoint/org/model-v2", "CICERONE_EMBED_MODEL=org/model-v2"),
        ("bge-small/0123456789ab", "CICERONE_EMBED_FOLDER to the folder 'bge-small'"),
    ],
)
def test_every_name_says_how_it_is_chosen(name: str, said: str) -> None:
    assert said in how_to_choose(name)


def test_vectors_are_known_again_under_the_same_name_only(tmp_path: Path) -> None:
    server = EmbeddingServer()
    folder = FolderEmbedder(write_folder(tmp_path / "words"))
    assert build(tmp_path, asked(server), "green tea", "kettle") == 2
    assert build(tmp_path, asked(server), "green tea", "kettle", "cup") == 1
    assert build(tmp_path, folder, "green tea", "kettle", "cup") == 3
    assert build(tmp_path, FolderEmbedder(write_folder(tmp_path / "words", seed=2)), "green tea", "kettle") == 2


def test_a_server_that_stops_midway_loses_nothing(tmp_path: Path) -> None:
    class Stopping(EmbeddingServer):
        def _handle(self, request: Any) -> Any:

            return httpx2.Response(503) if len(self.asked) >= 20 else super()._handle(request)

    titles = [f"tea {n}" for n in range(1500)]
    with pytest.raises(ModelUnavailable, match="status 503"):
        build(tmp_path, asked(Stopping()), *titles)
    assert build(tmp_path, asked(EmbeddingServer()), *titles) == 1500 - 1024


def test_a_turn_goes_on_without_a_server_that_is_gone(tmp_path: Path) -> None:

    build(tmp_path, asked(EmbeddingServer()), "green tea", "black tea", "kettle")

    bundle = open_bundle(tmp_path, "toys", asked(EmbeddingServer(*[httpx2.ConnectError("gone")] * 9)))
    bundle.warm()
    context = ToolContext(bundle)
    with pytest.raises(ToolError, match="search_meaning: The embedder 'tiny' at vectors.test"):
        call_tool("search_meaning", {"query": "tea"}, context)
    assert call_tool("similar_items", {"item_ids": ["i0"]}, context).hits
    assert call_tool("search_keywords", {"query": "tea"}, context).hits
