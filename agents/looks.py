"""Looking at a catalogue without talking: items by id, what is near one, the map of all."""

from collections.abc import Sequence
from pathlib import Path

from agents.search import Found, known
from agents.taste_map import TasteMap, taste_map
from retrieval.bundle import Bundle
from tools import call_tool
from tools.spec import ToolContext


class Looks:
    """Reads one opened bundle; safe for threads."""

    def __init__(self, bundle: Bundle, cache: Path) -> None:
        """Look at this bundle, as long as it is lent; what takes long to work out is kept in the folder `cache`."""
        self._bundle, self._cache = bundle, cache

    def items(self, item_ids: Sequence[str]) -> list[Found]:
        """Return the items of these ids, in their order; ids that are gone are left out."""
        return self._found(self._bundle.catalog.rows_of(item_ids))

    def similar(self, item_id: str, k: int) -> list[Found]:
        """Return the items nearest to one, by what people liked together and by content; none for an unknown id."""
        if self._bundle.catalog.row_of(item_id) is None:
            return []
        found = call_tool("similar_items", {"item_ids": [item_id], "k": k}, ToolContext(bundle=self._bundle))
        return self.items([hit.item_id for hit in found.hits])

    def map(self, item_ids: Sequence[str]) -> TasteMap:
        """Return the map of the catalogue with these items on it. Raises NotFound where there can be none."""
        return taste_map(self._bundle, self._cache, item_ids)

    def _found(self, rows: Sequence[int]) -> list[Found]:
        catalog = self._bundle.catalog
        return [
            Found(item_id=item.item_id, title=item.title, fields=known(item.values, catalog.id_field))
            for item in catalog.items(rows)
        ]
