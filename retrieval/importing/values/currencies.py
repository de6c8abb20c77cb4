"""A column that names the currency of each row → the prices beside it know what they are in."""

import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import words_of
from retrieval.importing.values.texts import known, strings
from retrieval.importing.values.units import MONEY, PAID, named_unit

_NAMES = {"currency", "curr", "currencycode", "wahrung", "waehrung", "währung", "moneda", "devise", "valuta"}
_PLAIN = r"^[-\d.,\s]+$"


def currencies_of(table: pa.Table) -> dict[str, pa.Array]:
    """Return the columns that say a currency: name → code in lower case a row, null where it says none."""
    found = {}
    for name in table.column_names:
        if _NAMES & set(words_of(name)) and not pa.types.is_nested(table.column(name).type):
            encoded = known(strings(table.column(name))).dictionary_encode()
            codes = [MONEY.get(text.lower(), "") for text in encoded.dictionary.to_pylist()]
            if codes and all(codes):
                found[name] = pa.array(codes, pa.large_string()).take(encoded.indices)
    return found


def with_currency(name: str, column: pa.ChunkedArray, currencies: dict[str, pa.Array]) -> tuple[pa.ChunkedArray, str]:
    """Return prices with the currency of their row behind them, or as they are and the one currency of all."""
    words = set(words_of(name))
    if not currencies or not words & PAID or named_unit(name):
        return column, ""
    nearest = max(currencies, key=lambda other: len(words & set(words_of(other))))
    codes = currencies[nearest]
    different = pc.unique(codes.drop_null()).to_pylist()
    if len(different) == 1:
        return column, different[0]
    texts = strings(column)
    plain = pc.and_(pc.match_substring_regex(texts, _PLAIN), pc.is_valid(codes))
    joined = pc.binary_join_element_wise(texts, codes, pa.scalar(" ", pa.large_string()))
    return pa.chunked_array([pc.if_else(pc.fill_null(plain, False), joined, texts)]), ""
