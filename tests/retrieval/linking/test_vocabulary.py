from retrieval.linking.vocabulary import Speller


def test_of_words_spelt_alike_the_first_in_the_alphabet_come_first_in_every_run() -> None:
    speller = Speller(f"god{letter}" for letter in "zyxwvutsrqpnmlkjihgfedcba")
    assert [word for word, _ in speller.near("godo")] == ["goda", "godb", "godc", "godd"]


def test_a_likelier_word_comes_before() -> None:
    speller = Speller(["godfather", "godfathers", "grandfather"])
    assert speller.near("godfater")[0][0] == "godfather"


def test_short_words_and_numbers_are_taken_as_they_are() -> None:
    assert not Speller(["1984", "jaws"]).near("jaw")
    assert not Speller(["1984", "jaws"]).near("1948")
