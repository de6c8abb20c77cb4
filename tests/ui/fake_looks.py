"""What a fake agent shows beside the talk."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents.search import Found
from agents.taste_map import Spot, TasteMap


class FakeLooks:
    """Items by id; what follows an item is near it, and the map is a line."""

    def __init__(self, items: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        self._items = dict(items)

    def items(self, item_ids: Sequence[str]) -> list[Found]:
        return [
            Found(item_id=key, title=self._items[key][0], fields=self._items[key][1])
            for key in item_ids
            if key in self._items
        ]

    def similar(self, item_id: str, k: int) -> list[Found]:
        ids = list(self._items)
        at = ids.index(item_id) + 1 if item_id in ids else len(ids)
        return self.items(ids[at : at + k])

    def map(self, item_ids: Sequence[str]) -> TasteMap:
        every = [Spot(key, title, i / 40, 0.5) for i, (key, (title, _)) in enumerate(self._items.items())]
        dots = [(spot.x, spot.y, -1) for spot in every]
        return TasteMap([], dots, every[::10], [spot for spot in every if spot.item_id in item_ids])
