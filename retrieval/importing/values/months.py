"""Months by name, in English and the languages around it, with and without accents and cut short."""

from retrieval.text import fold

_NAMES = """
jan january janvier janv januar jänner enero ene gennaio gen januari janeiro
feb february février févr fév februar febrero febbraio februari fevereiro fev
mar march mars märz maerz mrz marzo maart mrt março
apr april avril avr abril abr aprile
may mai mayo maggio mag mei maio
jun june juin juni junio giugno giu junho
jul july juillet juil juli julio luglio lug julho
aug august août agosto ago augustus
sep sept september septembre septiembre settembre set sett setembro
oct october octobre oktober okt octubre ottobre ott outubro out
nov november novembre noviembre novembro
dec december décembre déc dezember dez diciembre dic dicembre dezembro
"""

MONTHS = {
    spelling: month
    for month, names in enumerate(_NAMES.strip().splitlines(), start=1)
    for name in names.split()
    for spelling in (name, fold(name))
}
"""Name in lower case → number, 1–12."""
