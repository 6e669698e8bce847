"""Telling files that are not tables of text by their first bytes, with advice that fits each."""

from __future__ import annotations

import re

_EXPORT_FIRST = "Export the list as CSV and upload that."
_SAVE_AS = "Open it in your spreadsheet program, save the sheet as CSV (UTF-8) and upload that."
_UNPACK = "Unpack it and upload the CSV file inside."

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _EXPORT_FIRST),
    (b"\xff\xd8\xff", "a JPEG picture", _EXPORT_FIRST),
    (b"GIF8", "a GIF picture", _EXPORT_FIRST),
    (b"RIFF", "a sound, film or WebP picture", _EXPORT_FIRST),
    (b"%PDF", "a PDF document", _EXPORT_FIRST),
    (b"{\\rtf", "an RTF document", _EXPORT_FIRST),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", _SAVE_AS),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"SQLite format 3\x00", "a SQLite database", _EXPORT_FIRST),
    (b"PAR1", "a Parquet file", _EXPORT_FIRST),
    (b"Obj\x01", "an Avro file", _EXPORT_FIRST),
    (b"\x7fELF", "a program", _EXPORT_FIRST),
    (b"MZ\x90\x00", "a program", _EXPORT_FIRST),
    (b"ID3", "an MP3 sound file", _EXPORT_FIRST),
    (b"OggS", "a sound file", _EXPORT_FIRST),
    (b"!BDN", "an Outlook data file", "Export the messages from Outlook as CSV and upload that."),
)
_ZIP_PARTS = (
    (b"xl/", "an Excel workbook", _SAVE_AS),
    (b"word/", "a Word document", _EXPORT_FIRST),
    (b"ppt/", "a PowerPoint file", _EXPORT_FIRST),
    (b"spreadsheet", "an OpenDocument spreadsheet", _SAVE_AS),
    (b"Index/", "a Numbers or Pages document", _SAVE_AS),
)
_TEXT_FORMS = (
    (re.compile(r"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE), "a web page"),
    (re.compile(r"\s*<\?xml\b", re.IGNORECASE), "an XML file"),
    (re.compile(r"\s*(\{\s*\"|\[\s*[\[{]\s*[\"{\[\d])"), "a JSON file"),
    (re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE), "a calendar (iCalendar) file"),
    (re.compile(r"BEGIN:VCARD", re.IGNORECASE), "an address card (vCard) file"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0c\x1a\x1b\x00")


def explain_binary(head: bytes) -> str:
    """What the first bytes are and what to do, or empty when they may be text. `head`: some kilobytes, not unpacked."""
    for magic, what, advice in _MAGIC:
        if head.startswith(magic):
            return f"This is {what}, not a CSV. {advice}"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        what, advice = next(
            ((what, advice) for part, what, advice in _ZIP_PARTS if part in head), ("a ZIP archive", _UNPACK)
        )
        return f"This is {what}, not a CSV. {advice}"
    if head[257:262] == b"ustar":
        return f"This is a tar archive, not a CSV. {_UNPACK}"
    if head[4:8] == b"ftyp":
        return f"This is a film or picture, not a CSV. {_EXPORT_FIRST}"
    return ""


def explain_text_form(text: str) -> str:
    """What a text is when it is plainly another format than a table, and what to do; empty when it may be one."""
    for form, what in _TEXT_FORMS:
        if form.match(text):
            return f"This is {what}, not a CSV. {_EXPORT_FIRST}"
    return ""


def is_mostly_control(sample: bytes) -> bool:
    """Whether more than one byte in fifty is a control byte that no text uses (NUL aside): unknown binary data."""
    return len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) / 50
