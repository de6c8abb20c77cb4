"""Scores by rules: known damage moves the right dimension, and what cannot be seen is null."""

from dialogue_of import dialogue_of

from eval.judging.code_scores import UNSEEN, judge
from eval.judging.grounded import Ground
from retrieval.bundle import Bundle

GOOD = ("Recommend a comedy", "1: Toy Story (1995)\n2: Back to the Future (1985)", "Great, thanks", "You are welcome.")


def test_a_good_dialogue_has_full_marks_where_code_can_see() -> None:
    line = judge(dialogue_of(*GOOD, name="x"))
    assert (line["dialogue_id"], line["model_calls"]) == ("x", 0)
    seen = {name: score for name, score in line["scores"].items() if score is not None}
    assert seen == dict.fromkeys(["understanding", "efficiency", "diversity", "fluency", "overall"], 4)
    assert line["turns"][0]["named"] == ["toy story", "back to the future"]


def test_what_cannot_be_seen_is_null_and_never_nought() -> None:
    assert set(judge(dialogue_of())["scores"].values()) == {None}
    scores = judge(dialogue_of(*GOOD))["scores"]
    assert {scores[name] for name in (*UNSEEN, "faithfulness", "constraints", "personalisation")} == {None}


def test_damage_moves_its_dimension() -> None:
    full = judge(dialogue_of(*GOOD))["scores"]
    cut = judge(dialogue_of(GOOD[0], "How about  ?", *GOOD[2:]))["scores"]
    late = judge(dialogue_of(GOOD[0], "What do you like?", "Anything", *GOOD[1:]))["scores"]
    twice = judge(dialogue_of(GOOD[0], GOOD[1], "More please", GOOD[1]))["scores"]
    assert cut["fluency"] < full["fluency"]
    assert cut["understanding"] == 0
    assert late["efficiency"] == 2
    assert twice["diversity"] == 2
    assert twice["fluency"] < full["fluency"]


def test_items_that_do_not_exist_are_found_by_title_and_by_id(films: Bundle) -> None:
    ground = Ground(films)
    real = judge(dialogue_of(*GOOD), ground)
    assert real["scores"]["faithfulness"] == 4
    assert real["turns"][0]["items"] == ["tt0114709", "tt0088763"]
    made_up = judge(dialogue_of(GOOD[0], "1: Toy Story (1995)\n2: Zorblax Returns (2031)"), ground)
    assert made_up["scores"]["faithfulness"] == 2
    assert made_up["turns"][0]["unknown"] == ["zorblax returns"]
    ids = judge(dialogue_of(GOOD[0], "Here you are.", items={1: ("tt0114709", "tt9")}), ground)
    assert ids["turns"][0]["unknown"] == ["tt9"]


def test_a_limit_just_stated_and_broken_is_found(films: Bundle) -> None:
    ground = Ground(films)
    asked = "Recommend something before 1990"
    broken = judge(dialogue_of(asked, "", items={1: ("tt0114709", "tt0088763")}), ground)
    assert broken["turns"][0]["breaks"] == ["tt0114709"]
    assert broken["scores"]["constraints"] == 2
    kept = judge(dialogue_of(asked, "", items={1: ("tt0088763",)}), ground)
    assert kept["scores"]["constraints"] == 4
    assert judge(dialogue_of("Anything", "", items={1: ("tt0088763",)}), ground)["scores"]["constraints"] is None


def test_the_columns_of_a_catalogue_have_no_gaps(films: Bundle) -> None:
    columns = Ground(films)([dialogue_of(*GOOD), dialogue_of()]).columns
    assert columns.shape == (2, 2)
    assert columns[1].tolist() == [0.5, 0.5]
    assert columns[0, 0] == 1
