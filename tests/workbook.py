"""Spreadsheets for tests, written by hand: what a reader of .xlsx and .ods needs, and no more."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | int | float | None
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_xlsx(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], hidden: Sequence[str] = (), merged: Sequence[str] = ()
) -> Path:
    """Write sheets of text and numbers; a text that begins with "=" is a formula whose last value was 7.

    `merged` are ranges such as "A2:A4", the same in every sheet.
    """
    entries, relations, kinds = [], [], []
    for n, title in enumerate(sheets, 1):
        state = ' state="hidden"' if title in hidden else ""
        entries.append(f'<sheet name="{escape(title)}" sheetId="{n}" r:id="rId{n}"{state}/>')
        relations.append((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml"))
        kinds.append(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>')
    kinds.append(f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>')
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{"".join(entries)}</sheets></workbook>'
    with zipfile.ZipFile(path, "w") as archive:
        types = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="text/xml"/>'
        archive.writestr("[Content_Types].xml", types + "".join(kinds) + "</Types>")
        archive.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/workbook.xml", workbook)
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
        for n, title in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(sheets[title], merged))
    return path


def _relations(relations: Sequence[tuple[str, str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _sheet(rows: Sequence[Sequence[Cell]], merged: Sequence[str]) -> str:
    written = "".join(
        f'<row r="{n}">'
        + "".join(_cell(value, f"{chr(64 + column)}{n}") for column, value in enumerate(row, 1))
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    ranges = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData>{ranges}</worksheet>'


def _cell(value: Cell, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("="):
        return f'<c r="{place}"><f>{escape(value[1:])}</f><v>7</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
