"""Files that were made to harm: nothing active is left of them, and reading them costs little.

Threats T13 to T15: files that are two things at once, files that run, and files that grow.
"""

import base64
import io
import multiprocessing
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import pytest
from PIL import Image

from records.papers import CannotShow, draw, show, sniff
from records.reading import narrative
from tests.unit.records.measured import measured

#: Kilobytes of the largest process that read a file (Linux counts in these).
MEMORY = 512 * 1024
SECONDS = 15
#: A tag that the strict set leaves: a name, and not one attribute.
HARMLESS = re.compile(r"</?[a-z][a-z0-9]*>")
NEVER = re.compile(
    r"<\s*/?\s*(script|svg|img|iframe|object|embed|form|a|link|meta|style|base|math|video)\b", re.I
)

_CDA = '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Note</title>{0}</ClinicalDocument>'
_SECTION = "<component><section><title>Plan</title><text>{0}</text></section></component>"


def cda(inside: str, before: str = "") -> bytes:
    """A C-CDA document with one section."""
    return ('<?xml version="1.0"?>' + before + _CDA.format(_SECTION.format(inside))).encode()


def pdf(*more: bytes, root: bytes = b"", box: bytes = b"0 0 612 792", content: bytes = b"") -> bytes:
    """A PDF of one page, with more objects from number 5 on and more words in its catalogue."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] /Contents 4 0 R >>",
        content or b"<< /Length 0 >>\nstream\n\nendstream",
        *more,
    ]
    return whole(objects)


def whole(objects: list[bytes]) -> bytes:
    """Numbered objects with the table that says where each is."""
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF"
        % (
            len(objects) + 1,
            len(out),
        )
    )


def many_pages(count: int) -> bytes:
    """A PDF whose every page is the same empty one."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(count))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>"] * count
    tree = b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count
    return whole([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *pages])


@cache
def grown(size: int, piece: bytes = b"\0" * 600_000) -> bytes:
    """What unpacks to so many bytes; made in pieces, since a large test would hide a large child."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()


def flate(size: int) -> bytes:
    """A content stream that grows to so many bytes when it is unpacked, twice over."""
    packed = zlib.compress(grown(size, b"0 0 m " * 100_000), 9)
    return b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(packed),
        packed,
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    """A small picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """One piece of a PNG."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size, whatever it holds."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def with_comment(data: bytes, comment: bytes) -> bytes:
    """A JPEG with a comment."""
    return data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]


def with_text(data: bytes, words: bytes) -> bytes:
    """A PNG with a text in front of its picture, and the same behind its end."""
    return data[:33] + chunk(b"tEXt", b"Comment\0" + words) + data[33:] + words


@cache
def zipped(size: int) -> bytes:
    """A zip that holds so many bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack, pack.open("note.txt", "w") as note:
        for _ in range(size // 60_000):
            note.write(b"\0" * 60_000)
    return out.getvalue()


def laughs() -> bytes:
    """A few lines of XML that stand for a billion words."""
    lines = ['<!ENTITY a0 "lol">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return cda("&a9;", f"<!DOCTYPE ClinicalDocument [{''.join(lines)}]>")


RUN = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'

FILES: dict[str, Callable[[], bytes]] = {
    "a page with a script": lambda: b"<html><body>" + RUN + b"<p>Well</p></body></html>",
    "a page with handlers": lambda: b"<html><body onload=alert(1)><p onclick=alert(1)>Well</p></body></html>",
    "a page that moves on": lambda: b'<html><meta http-equiv=refresh content="0;url=https://x.example">',
    "a page with frames and forms": lambda: (
        b'<div><iframe src="https://x.example"></iframe><object data=x></object>'
        b'<form action="https://x.example"><input name=password></form><embed src=x></div>'
    ),
    "a page that tracks": lambda: b'<p>Hi</p><img src="//x.example/1.png"><a href="//x.example">pay</a>',
    "a page with style": lambda: b"<p>x</p><style>@import '//x.example'</style><p style='top:0'>y</p>",
    "a page with drawing code": lambda: b"<p>x<svg onload=alert(1)><script>alert(1)</script></svg></p>",
    "a page that mutates": lambda: (
        b"<div><math><mtext><table><mglyph><style><!--</style>"
        b'<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></table></mtext></math></div>'
    ),
    "a page with nulls": lambda: b"<html><scr\0ipt>alert(1)</scr\0ipt><p>x</p>",
    "a page of 100,000 tags": lambda: b"<div>" * 100_000,
    "a drawing that runs": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + RUN + b"</svg>"
    ),
    "a drawing declared": lambda: (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + RUN + b"</svg>"
    ),
    "a drawing behind a comment": lambda: b"<!-- x --><svg onload=alert(1)></svg>",
    "XML with a style sheet that runs": lambda: (
        b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x:stylesheet id="x"'
        b' xmlns:x="http://www.w3.org/1999/XSL/Transform">' + RUN + b"</x:stylesheet>"
    ),
    "XHTML with entities": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html>&x;</html>'
    ),
    "C-CDA with a billion laughs": laughs,
    "C-CDA that reads a file": lambda: cda(
        "&x;", '<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "C-CDA with script and links": lambda: cda(
        '<linkHtml href="javascript:alert(1)">pay</linkHtml><script>alert(1)</script>'
        '<content styleCode="x" onclick="alert(1)">&lt;script&gt;alert(1)&lt;/script&gt;</content>'
        '<renderMultiMedia referencedObject="https://x.example"/>'
    ),
    "C-CDA with a page inside": lambda: cda(
        f'<nonXMLBody><text representation="B64">{base64.b64encode(RUN).decode()}</text></nonXMLBody>'
    ),
    "C-CDA 50,000 deep": lambda: cda("<list>" * 50_000 + "</list>" * 50_000),
    "C-CDA cut off": lambda: cda("<paragraph>x</paragraph>")[:-40],
    "PDF with script": lambda: pdf(
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", root=b"/OpenAction 5 0 R /AA << /WC 5 0 R >>"
    ),
    "PDF that starts a program": lambda: pdf(b"<< /S /Launch /F (cmd.exe) >>", root=b"/OpenAction 5 0 R"),
    "PDF that calls home": lambda: pdf(
        b"<< /S /SubmitForm /F (https://x.example) >>", root=b"/OpenAction 5 0 R /AcroForm << /XFA 5 0 R >>"
    ),
    "PDF that is a page too": lambda: pdf() + b"\n<html>" + RUN + b"</html>",
    "PDF behind a page": lambda: b"<html>" + RUN + b"</html>\n" + pdf(),
    "PDF cut off": lambda: pdf()[:150],
    "PDF of its first line": lambda: b"%PDF-1.7\n",
    "PDF of 10,000 pages": lambda: many_pages(10_000),
    "PDF that holds itself": lambda: whole(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9999999 >>"]
    ),
    "PDF a mile wide": lambda: pdf(box=b"0 0 9000000 1"),
    "PDF a mile square": lambda: pdf(box=b"0 0 9000000 9000000"),
    "PDF without a size": lambda: pdf(box=b"0 0 0 0"),
    "PDF that grows": lambda: pdf(content=flate(600_000_000)),
    "RTF with an object": lambda: (
        rb"{\rtf1 Well{\object\objemb\objupdate{\*\objclass Package}{\*\objdata 0105000002000000}}"
        rb'{\field{\*\fldinst HYPERLINK "javascript:alert(1)"}{\fldrslt pay}} <script>alert(1)</script>}'
    ),
    "RTF 200,000 deep": lambda: b"{\\rtf1" + b"{" * 200_000 + b"x" + b"}" * 200_000 + b"}",
    "RTF with endless counts": lambda: rb"{\rtf1 \bin99999999999 \u99999999999 \'zz x}",
    "GIF that is script": lambda: b"GIF89a/*" + b"\x01\0\x01\0\0\0\0" + b"*/=1;alert(1);",
    "zip that grows": lambda: zipped(120_000_000),
    "gzip that grows": lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + grown(60_000_000),
    "a mail archive": lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + RUN,
    "text in UTF-7": lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "a program": lambda: b"MZ\x90\0\x03\0\0\0" + b"\0" * 500,
    "nothing": lambda: b"",
    "PNG of 60,000 by 60,000": lambda: png_of(60_000, 60_000, zlib.compress(b"\0" * 1_000_000)),
    "PNG of no size": lambda: png_of(0, 0, b""),
    "PNG cut off": lambda: picture()[:-20],
    "PNG with a page inside": lambda: with_text(picture(), b"<html>" + RUN),
    "PNG whose text grows": lambda: (
        picture()[:33] + chunk(b"zTXt", b"a\0\0" + grown(240_000_000)) + picture()[33:]
    ),
    "JPEG with a page inside": lambda: with_comment(picture("JPEG"), b"<html>" + RUN + b"</html>"),
    "JPEG that is script": lambda: b"\xff\xd8\xff\xe0" + b"/*" + b"\0" * 90 + b"*/=1;alert(1)",
    "JPEG with a program behind": lambda: picture("JPEG") + zipped(9_000) + RUN,
}

#: What has to stay readable, or has to be refused; the rest may be either, as long as it is harmless.
READABLE = {
    "a page with a script": "html",
    "a page that tracks": "html",
    "C-CDA with script and links": "cda",
    "PDF with script": "pdf",
    "PDF that starts a program": "pdf",
    "PDF that calls home": "pdf",
    "PDF of 10,000 pages": "pdf",
    "RTF with an object": "rtf",
    "PNG with a page inside": "png",
    "JPEG with a page inside": "jpeg",
    "text in UTF-7": "text",
}
REFUSED = {
    "a drawing that runs",
    "a drawing declared",
    "XML with a style sheet that runs",
    "XHTML with entities",
    "C-CDA with a billion laughs",
    "C-CDA that reads a file",
    "C-CDA cut off",
    "PDF of its first line",
    "GIF that is script",
    "zip that grows",
    "gzip that grows",
    "a program",
    "nothing",
    "PNG of 60,000 by 60,000",
    "PNG of no size",
    "JPEG that is script",
}


@pytest.fixture(scope="module")
def made() -> Iterator[Callable[[str], bytes]]:
    """Each file, made once."""
    kept: dict[str, bytes] = {}

    def one(name: str) -> bytes:
        if name not in kept:
            kept[name] = FILES[name]()
        return kept[name]

    yield one


@pytest.fixture(scope="module")
def reader() -> Iterator[Callable[..., tuple[Any, float, int]]]:
    """What a function of ours makes of its words, the seconds it took, and its largest child so far, in KiB.

    It runs in a small process of its own: Linux counts to a child what its parent took before the child
    became a program, so a test process that has grown would be measured in its place.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as small:
        yield lambda *asked: small.submit(measured, *asked).result()


def test_there_are_more_than_25_of_them():
    assert len(FILES) >= 25
    assert set(READABLE) | REFUSED <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_nothing_active_is_left_of(name, made, reader):
    found, seconds, memory = reader(show, made(name))
    assert seconds < SECONDS
    assert memory < MEMORY
    if name in READABLE:
        assert found is not None and found.kind == READABLE[name]
    if name in REFUSED:
        assert found is None
    if found is not None:
        shown = str(narrative(found.html))
        assert not NEVER.search(shown)
        assert HARMLESS.sub("", shown).count("<") == 0
        assert "root:" not in found.html + found.text


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith(("PDF", "PNG", "JPEG"))])
def test_what_is_drawn_of_it_holds_nothing_but_pixels(name, made, reader):
    drawn, seconds, memory = reader(draw, made(name), 1)
    assert seconds < SECONDS
    assert memory < MEMORY
    if name in READABLE:
        assert drawn is not None
    if drawn is not None:
        assert sniff(drawn) == "png"
        assert b"script" not in drawn
        with Image.open(io.BytesIO(drawn)) as image:
            assert image.width <= 1240 and image.height <= 4000
            assert not image.info


def test_pages_that_are_not_there_cannot_be_drawn(made):
    for page in (0, -1, 2, 10**9):
        with pytest.raises(CannotShow):
            draw(made("PDF with script"), page)


def test_a_file_of_more_than_the_limit_is_not_read():
    with pytest.raises(CannotShow):
        show(b"a" * (20 * 1024 * 1024 + 1))


#: Markup on which a parser's time or answer grows much faster than its length.
GROWING = {
    "open tags": "<div>" * 100_000,
    "open tags with ends that close nothing": "<div></q>" * 60_000,
    "ends behind a barrier": "<div><object></div></object>" * 20_000,
    "open formatting": "".join(f"<b a{n}>" for n in range(3000)) + "<p>x" * 30_000,
    "brackets": "<" * 400_000,
    "paragraphs without ends": "<p>x" * 200_000,
}


@pytest.mark.parametrize("name", GROWING)
def test_no_markup_costs_more_than_its_length(name):
    began = time.process_time()  # a busy machine may take its time, the parser may not
    shown = str(narrative(GROWING[name]))
    assert time.process_time() - began < 10
    assert len(shown) <= 5 * len(GROWING[name])
    assert not NEVER.search(shown)
