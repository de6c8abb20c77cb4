"""The ledger: what a new limit replaces, what survives, what contradicts."""

from agents.ledger import add_limit, add_taste, contradictions, interval, lift_fields, lift_value, remove_key
from agents.state import Ledger, Limit, Taste
from retrieval.items import Filter


def limit(field: str, op: str, value: object, turn: int = 0) -> Limit:
    return Limit(filter=Filter(field=field, op=op, value=value), words="w", turn=turn)  # type: ignore[arg-type]


def ledger_of(*limits: Limit) -> Ledger:
    ledger = Ledger()
    for one in limits:
        ledger = add_limit(ledger, one)
    return ledger


def test_limits_on_different_fields_pile_up() -> None:
    ledger = ledger_of(
        limit("genres", "contains", "Comedy"), limit("year", "gte", 1990, 1), limit("runtime", "lte", 90, 2)
    )
    assert [f.field for f in ledger.filters] == ["genres", "year", "runtime"]


def test_a_newer_bound_replaces_the_older_of_the_same_kind() -> None:
    ledger = ledger_of(limit("year", "gte", 1990), limit("year", "gte", 2005, 1))
    assert [f.value for f in ledger.filters] == [2005]


def test_bounds_that_meet_are_kept_together() -> None:
    ledger = ledger_of(limit("year", "gte", 1990), limit("year", "lte", 1999, 1))
    assert len(ledger.limits) == 2


def test_a_later_bound_that_excludes_the_earlier_replaces_it() -> None:
    ledger = ledger_of(limit("year", "between", [1970, 1979]), limit("year", "gte", 1990, 1))
    assert [f.op for f in ledger.filters] == ["gte"]


def test_contradictory_bounds_of_one_message_stay_and_are_reported() -> None:
    ledger = ledger_of(limit("year", "gte", 2000), limit("year", "lte", 1990))
    assert len(contradictions(ledger)) == 1


def test_a_refusal_lifts_the_wish_for_the_same_value_and_back() -> None:
    refused = add_limit(ledger_of(limit("genres", "contains", "Drama")), limit("genres", "not_contains", "drama", 1))
    assert [f.op for f in refused.filters] == ["not_contains"]
    wanted = add_limit(refused, limit("genres", "contains", "Drama", 2))
    assert [f.op for f in wanted.filters] == ["contains"]


def test_values_of_one_facet_add_up_unless_swapped() -> None:
    ledger = ledger_of(limit("genres", "contains", "Comedy"))
    both = add_limit(ledger, limit("genres", "contains", "Romance", 1))
    assert len(both.limits) == 2
    swapped = add_limit(ledger, limit("genres", "contains", "Horror", 1), replace=True)
    assert [f.value for f in swapped.filters] == ["Horror"]


def test_swapping_leaves_refusals_alone() -> None:
    ledger = ledger_of(limit("genres", "not_contains", "Animation"))
    assert len(add_limit(ledger, limit("genres", "contains", "Horror", 1), replace=True).limits) == 2


def test_lifting_by_field_by_value_and_by_key() -> None:
    ledger = ledger_of(limit("year", "gte", 1990), limit("genres", "contains", "Comedy"))
    assert [f.field for f in lift_fields(ledger, ["year"]).filters] == ["genres"]
    assert [f.field for f in lift_value(ledger, "genres", "comedy").filters] == ["year"]
    assert [f.field for f in remove_key(ledger, ledger.limits[0].key).filters] == ["genres"]
    assert remove_key(ledger, "no such chip") == ledger


def test_a_dislike_replaces_a_like_but_not_a_seen() -> None:
    ledger = Ledger()
    for kind in ("seen", "like", "dislike"):
        ledger = add_taste(ledger, Taste(kind=kind, words="w", turn=0, item_id="a"))  # type: ignore[arg-type]
    assert [t.kind for t in ledger.tastes] == ["seen", "dislike"]


def test_old_ledgers_are_never_altered() -> None:
    old = ledger_of(limit("year", "gte", 1990))
    add_limit(old, limit("year", "gte", 2000, 1))
    assert [f.value for f in old.filters] == [1990]


def test_interval_reads_every_bound() -> None:
    assert interval(Filter(field="y", op="between", value=["1990-01-01", 1999])) == (1990, 1999)
    assert interval(Filter(field="y", op="lte", value=90)) == (float("-inf"), 90)
