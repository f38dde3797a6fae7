"""Reads one untrusted file in a process of its own: bytes in, JSON or a PNG out.

Run by `records.papers` alone. Little memory, little time, no more files; whatever goes wrong ends the process
with a status and no words, since words could hold what the file says.
"""

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator

from ground import closed_room

_MEMORY = 480 * 1024 * 1024  # bytes of address space; drawing libraries map a lot they never touch
_SECONDS = 10
_WIDEST = 2480  # pixels: a letter page at 292 dots an inch
_TALL = 3.25  # times as high as wide, at most
_MOST_PIXELS = 40_000_000
_MOST_PAGES = 2000
_MOST_TEXT = 400_000  # characters
_MOST_HTML = 2_000_000  # characters
_MOST_SECTIONS = 200
_MOST_TITLE = 300  # characters


def main() -> None:
    """`child show KIND` or `child draw KIND PAGE WIDTH`."""
    verb, kind = sys.argv[1:3]
    closed_room.give_up(memory=_MEMORY, seconds=_SECONDS)
    data = sys.stdin.buffer.read()
    if verb == "draw":
        sys.stdout.buffer.write(_drawn(kind, data, int(sys.argv[3]), min(int(sys.argv[4]), _WIDEST)))
    else:
        found = {"html": "", "text": "", "pages": 0, "sections": [], **_content(kind, data)}
        sys.stdout.write(json.dumps(found))


def _content(kind: str, data: bytes) -> dict[str, object]:
    match kind:
        case "pdf":
            return _of_pdf(data)
        case "png" | "jpeg":
            _picture(kind, data)
            return {"pages": 1}
        case "rtf":
            from striprtf.striprtf import rtf_to_text  # noqa: PLC0415  (each kind loads its own reader)

            words: str = rtf_to_text(_decoded(data), errors="replace")  # type: ignore[no-untyped-call]
            return {"text": words[:_MOST_TEXT]}
        case "cda":
            from records.papers import cda, tidying  # noqa: PLC0415

            title, sections = cda.read(data)
            return {"text": title[:_MOST_TITLE], "sections": list(_within(sections, tidying.clean))}
        case "html":
            from records.papers import tidying  # noqa: PLC0415

            return {"html": tidying.clean(_decoded(data)[:_MOST_HTML])[:_MOST_HTML]}
        case _:
            return {"text": _decoded(data)[:_MOST_TEXT]}


def _within(sections: list[tuple[str, str]], clean: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The sections, as many as there is room for."""
    room = _MOST_HTML
    for title, html in sections[:_MOST_SECTIONS]:
        cleaned = clean(html[:room])[:room]
        room -= len(cleaned)
        yield title[:_MOST_TITLE], cleaned


def _of_pdf(data: bytes) -> dict[str, object]:
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(data)
    pages = min(len(document), _MOST_PAGES)
    found = ""
    for number in range(min(pages, 50)):
        page = document[number]
        found += page.get_textpage().get_text_bounded() + "\n\n"
        page.close()
        if len(found) > _MOST_TEXT:
            break
    return {"pages": pages, "text": found[:_MOST_TEXT].strip()}


def _drawn(kind: str, data: bytes, page: int, wide: int) -> bytes:
    if kind != "pdf":
        return _picture(kind, data, wide)
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(data)
    if not 1 <= page <= min(len(document), _MOST_PAGES):
        raise SystemExit(3)
    sheet = document[page - 1]
    width, height = sheet.get_size()
    scale = min(wide / max(width, 1), wide * _TALL / max(height, 1))
    return _png(sheet.render(scale=scale, may_draw_forms=False).to_pil())


def _picture(kind: str, data: bytes, wide: int = _WIDEST) -> bytes:
    """The picture drawn anew, so that nothing but its pixels is left."""
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    picture = Image.open(io.BytesIO(data), formats=[kind.upper()])
    if picture.width * picture.height > _MOST_PIXELS:
        raise SystemExit(3)
    picture.thumbnail((wide, int(wide * _TALL)))
    return _png(picture.convert("RGB"))


def _png(picture: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=False)  # type: ignore[attr-defined]
    return out.getvalue()


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode("latin-1")


if __name__ == "__main__":
    closed_room.be_a_child(main)
