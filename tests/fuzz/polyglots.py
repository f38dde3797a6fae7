"""Files that are two things at once, or say they are another, and try to run `hit` or to ask evil.example."""

import base64
from typing import Any

from tests.fuzz.scripts import PAYLOADS

_ALL = " ".join(PAYLOADS).replace("\ufeff", "")
_SCRIPT = "<script>hit()</script><img src=https://evil.example/x.png onerror=hit()>"
_HTML = (
    f"<!doctype html><html><head><title>x</title></head><body onload=hit()><p>Letter</p>{_ALL}</body></html>"
)
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_TEXT_OF_CDA = "".join(
    f"<paragraph>{each.replace('&', '&amp;').replace('<', '&lt;')}</paragraph>" for each in PAYLOADS
)


def _sent(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _cda(inside: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Visit</title>'
        f"<component>{inside}</component></ClinicalDocument>"
    ).encode("utf-8", "replace")


def _section(title: str, text: str) -> str:
    return (
        "<structuredBody><component><section>"
        f"<title>{title}</title><text>{text}</text></section></component></structuredBody>"
    )


def _pdf(action: str) -> bytes:
    """A PDF of one page that wants to do something when it opens."""
    objects = (
        f"1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction {action}>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/AA<</O {action}>>>>endobj\n"
    )
    return f"%PDF-1.7\n{objects}trailer<</Root 1 0 R/Size 4>>\n%%EOF".encode()


#: What the source says it is, and what it is.
FILES: tuple[tuple[str, bytes], ...] = (
    ("text/html", _HTML.encode()),
    ("text/html; charset=utf-7", b"+ADw-script+AD4-hit()+ADw-/script+AD4- <p>x</p>"),
    ("text/html", b"\xef\xbb\xbf" + _HTML.encode()),
    ("text/html", _HTML.encode("utf-16")),
    (
        "application/xhtml+xml",
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{_SCRIPT}</html>'.encode(),
    ),
    ("text/plain", _HTML.encode()),
    ("text/html", f"A plain letter. {_ALL}".encode()),
    ("text/plain", f"A plain letter. {_ALL}".encode()),
    ("text/markdown", b"[x](javascript:hit()) ![x](https://evil.example/m.png)"),
    (
        "application/rtf",
        rf"{{\rtf1 Letter {_SCRIPT} \par {_ALL.replace('{', '').replace('}', '')} }}".encode(),
    ),
    (
        "text/rtf",
        rb'{\rtf1{\field{\*\fldinst HYPERLINK "javascript:hit()"}{\fldrslt Verify}}{\object\objdata 00}}',
    ),
    ("text/rtf", rb"{\rtf1 \u60?script\u62?hit()\u60?/script\u62? \'3cimg src=x onerror=hit()\'3e}"),
    ("application/hl7-cda+xml", _cda(_section("x", _TEXT_OF_CDA))),
    (
        "application/hl7-cda+xml",
        _cda(_section(_SCRIPT.replace("<", "&lt;"), "<content onclick='hit()'>x</content>")),
    ),
    ("text/xml", _cda(_section("x", "<linkHtml href='javascript:hit()'>x</linkHtml><renderMultiMedia/>"))),
    (
        "text/xml",
        _cda(_section("x", "y"), '<?xml-stylesheet type="text/xsl" href="https://evil.example/x.xsl"?>'),
    ),
    ("text/xml", _cda("&x;", '<!DOCTYPE a [<!ENTITY x SYSTEM "https://evil.example/x">]>')),
    ("text/xml", _cda("&b;", '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>')),
    (
        "text/xml",
        _cda(f"<nonXMLBody><text mediaType='text/html'>{_sent(_HTML.encode())}</text></nonXMLBody>"),
    ),
    ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'><script>hit()</script></svg>"),
    ("text/xml", b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>hit()</x:script>"),
    ("text/xml", b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x id="x"/>'),
    ("application/pdf", _pdf("<</S/JavaScript/JS(hit\\(\\))>>")),
    ("application/pdf", _pdf("<</S/URI/URI(https://evil.example/pdf)>>")),
    ("application/pdf", b"%PDF-1.4\n" + _HTML.encode()),
    ("text/html", _pdf("<</S/JavaScript/JS(hit\\(\\))>>") + _HTML.encode()),
    ("image/png", _PNG + _HTML.encode()),
    ("text/html", _PNG + _SCRIPT.encode()),
    ("image/png", b"\x89PNG\r\n\x1a\n" + _HTML.encode()),
    ("image/jpeg", b"\xff\xd8\xff\xe0" + _HTML.encode()),
    ("image/gif", b"GIF89a/*<svg onload=hit()>*/=0;hit()"),
    ("multipart/related", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + _SCRIPT.encode()),
    ("application/javascript", b"hit()"),
    ("application/zip", b"PK\x03\x04" + _HTML.encode()),
    ("application/x-msdownload", b"MZ" + bytes(60)),
    ("", _SCRIPT.encode()),
    (_SCRIPT, _SCRIPT.encode()),
)


def documents() -> list[dict[str, Any]]:
    """A document for each file, with payloads in its names as well."""
    return [
        {
            "resourceType": "DocumentReference",
            "id": f"file-{number}",
            "status": "current",
            "description": PAYLOADS[number % len(PAYLOADS)],
            "content": [
                {"attachment": {"contentType": kind, "title": PAYLOADS[-number], "data": _sent(data)}}
            ],
        }
        for number, (kind, data) in enumerate(FILES)
    ]
