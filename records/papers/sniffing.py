"""What a file is, by its first bytes. What the sender calls it decides nothing."""

import re
from typing import Literal

Kind = Literal["pdf", "png", "jpeg", "rtf", "cda", "html", "text", "other"]

_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|div|p|table|span|h[1-6]|br|b|ul|ol|pre)\b", re.I)
_LOOKED_AT = 4096


def sniff(data: bytes) -> Kind:
    """One word. XML that is no C-CDA, pictures drawn by code (SVG) and everything packed are "other"."""
    start = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith(b"<?xml") or b"<ClinicalDocument" in start:
        return _of_xml(start)
    if _HTML.match(start) or (start.startswith(b"<") and _HTML.search(start)):
        return "html"
    return "text" if _is_text(data) else "other"


_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"{\\rtf", "rtf"),
    (b"<svg", "other"),
)


def _of_xml(start: bytes) -> Kind:
    if b"<ClinicalDocument" in start:
        return "cda"
    return "html" if b"<html" in start.lower() and b"<!entity" not in start.lower() else "other"


def _is_text(data: bytes) -> bool:
    """Readable characters, in UTF-8 or Latin-1, and no markup that a browser could run."""
    head = data[:_LOOKED_AT]
    if not head.strip() or b"\x00" in data[: 64 * _LOOKED_AT] or head.lstrip().startswith(b"<"):
        return False
    odd = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return odd == 0
