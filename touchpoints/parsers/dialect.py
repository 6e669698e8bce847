"""Finding out how a file's bytes become cells: encoding, delimiter, quoting, where the table begins."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

from charset_normalizer import from_bytes

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 200
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "koi8_r",
    "cp437",
    "cp850",
    "cp866",
    "mac_roman",
    "shift_jis",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
    "cp874",
]
# Letters and marks of Western European languages above ASCII: a text of only these is read as Windows-1252.
_WESTERN = frozenset("ÄÖÜäöüßÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝàáâãåæçèéêëìíîïñòóôõøùúûýÿŒœ€£§°©®«»‹›„“”‘’‚–—…·¿¡²³½ªº\xa0Ÿµ±×")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, and whether it was told for certain by the bytes or is the likeliest of several."""

    name: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text becomes cells; `columns` is the usual number of cells, `first_line` (from 1) where the rows begin."""

    delimiter: str
    quote: str
    columns: int
    first_line: int


def detect_encoding(sample: bytes) -> Encoding:
    """The encoding of the first bytes of a file: marks first, then UTF-16 by its zeros, UTF-8, then by the letters."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name, is_certain=True)
    wide = _detect_wide(sample)
    if wide:
        return Encoding(wide, is_certain=True)
    if _is_mostly_utf8(sample):
        return Encoding("utf-8", is_certain=True)
    return _detect_narrow(sample)


def _detect_wide(sample: bytes) -> str:
    """UTF-16 without a mark: the zeros of its ASCII characters all stand on one side. A stray NUL is not that."""
    zeros = sample.count(0)
    if zeros < 4 or zeros < len(sample) / 50:
        return ""
    odd = sample[1::2].count(0)
    name = "utf-16-le" if odd >= zeros * 0.95 else "utf-16-be" if odd <= zeros * 0.05 else ""
    if not name:
        return ""
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return ""
    return name if "\n" in text or "\r" in text or len(sample) < 400 else ""


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether this is UTF-8; a few broken bytes among many good sequences are damage, not another encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(sample)
    bad = sum(1 for character in text if "\udc80" <= character <= "\udcff")
    good = sum(1 for character in text if character > "\x7f") - bad
    return bad == 0 or bad * 20 < good


def _detect_narrow(sample: bytes) -> Encoding:
    lines = [line for line in sample.splitlines() if not line.isascii()]
    letters = b"\n".join(lines)[:32_768]
    western = letters.decode("cp1252", "replace")
    if all(character in _WESTERN for character in western if character > "\x7f"):
        return Encoding("cp1252", is_certain=True)
    best = from_bytes(letters, cp_isolation=list(_CANDIDATES)).best()
    return Encoding(best.encoding if best else "cp1252", is_certain=False)


def detect_dialect(text: str, delimiter: str = "") -> Dialect:
    """Delimiter, quoting and first line of a table's first lines: the one that cuts most rows alike wins.

    A `delimiter` that is given is taken, and only the rest found out.
    """
    first_line = 1
    hint = re.match(r"sep=([,;\t|])\r?\n?", text, re.IGNORECASE)
    if hint:
        # Excel's own way of naming the delimiter; the line is not part of the table.
        text, first_line = text[hint.end() :], 2
    lines = text.splitlines(keepends=True)
    quote = _detect_quote(text)
    told = delimiter or (hint[1] if hint else "")
    rated = [_rate(lines, candidate, quote) for candidate in ([told] if told else DELIMITERS)]
    _, found, columns, skipped = max(rated, key=lambda one: one[0])
    return Dialect(found, quote, columns, first_line + skipped)


def _detect_quote(text: str) -> str:
    if '"' in text:
        return '"'
    single = len(re.findall(r"(?m)(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|]|\r?$)", text))
    return "'" if single >= 3 and single * 4 >= text.count("'") else '"'


def _rate(lines: list[str], delimiter: str, quote: str) -> tuple[tuple[float, int], str, int, int]:
    """((share of rows with the usual number of cells, that number), delimiter, that number, title lines above)."""
    counts: list[tuple[int, int]] = []
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    before = 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            counts.append((before, len(cells)))
        before = reader.line_num
        if len(counts) >= _SAMPLE_RECORDS:
            break
    if not counts:
        return (0.0, 0), delimiter, 0, 0
    usual, times = max(
        Counter(count for _, count in counts).items(), key=lambda item: (item[1] * (item[0] > 1), item[0])
    )
    share = times / len(counts) if usual > 1 else 0.0
    return (round(share, 2), usual), delimiter, usual, _title_lines(counts, usual)


def _title_lines(counts: list[tuple[int, int]], usual: int) -> int:
    """Physical lines above the table: rows with at most two cells where the table has at least three."""
    if usual < 3 or counts[0][1] > 2:
        return 0
    return next((before for before, count in counts[:30] if count == usual), 0)
