"""Papers: what a document says stands on the sheet and in the plain text alike, and none of it ever runs."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
import pytest
import typst

from records import typesetting
from records.typesetting import Document, Fact, Heading, Labels, Table, Words, child

LABELS = Labels("Contents", "Page {page} of {pages}", "[letters missing]", "Some letters cannot be printed.")
HOSTILE = (
    '#panic("x") #eval("1") #read("/etc/passwd") #import "@preview/x:1.0.0"',
    "*not bold* _nor this_ `raw` $x^2$ @label <label> = no heading",
    "\\u{41} // no comment /* nor this */ ] } ) [ { ( \"quote\" 'single'",
    "https://evil.example/ {page} {pages}",
)


def a_document(*blocks, **more):
    told = {"title": "My records", "whose": "Rosa Delgado, born May 14, 1968", "language": "en"}
    told |= {"as_of": ("As of November 20, 2026: Lakeside Clinic.",), "labels": LABELS, **more}
    return Document(blocks=blocks, **told)


def pages_of(document):
    paper = pypdfium2.PdfDocument(typesetting.pdf(document))
    try:
        return [page.get_textpage().get_text_bounded() for page in paper]
    finally:
        paper.close()


def squeezed(text):
    return "".join(text.split())


def test_a_paper_is_tagged_titled_and_by_the_rules_for_everybody():
    table = Table(("Date", "Name"), (("2026", "Sodium"),))
    made = typesetting.pdf(a_document(Heading("Results", 1), table, Words("Careful", "warn"), language="es"))
    for mark in (b"/StructTreeRoot", b"/MarkInfo<</Marked true", b"/Lang(es)", b"pdfuaid:part>1<"):
        assert mark in made
    assert b"<rdf:li xml:lang=" in made
    assert b"My records" in made


def test_what_strangers_wrote_is_set_as_it_stands_and_nothing_of_it_runs():
    blocks = [Heading(HOSTILE[0], 1), Heading(HOSTILE[1])]
    blocks += [Fact(one, one) for one in HOSTILE] + [Words(one) for one in HOSTILE]
    blocks.append(Table(("A", HOSTILE[0]), tuple((one, one) for one in HOSTILE)))
    found = squeezed(" ".join(pages_of(a_document(*blocks, title=HOSTILE[0], whose=HOSTILE[2]))))
    for one in HOSTILE:
        assert squeezed(one) in found


def test_the_typesetter_can_open_neither_a_file_nor_a_connection():
    tried = (
        "import socket; from records.typesetting import child; child._give_up()\n"
        "for door in (lambda: open('/etc/hostname'), socket.socket):\n"
        "    try: door()\n"
        "    except OSError: print('shut')\n"
    )
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["shut", "shut"]


def test_letters_without_a_font_are_said_to_be_missing():
    (page,) = pages_of(a_document(Fact("Name", "漢字 太郎 (Taro)"), Fact("Doctor", "Łukasz Ångström Жук")))
    assert "Name: [letters missing] (Taro)" in page
    assert "Łukasz Ångström Жук" in page
    assert LABELS.unprintable_note in page
    assert LABELS.unprintable_note not in pages_of(a_document(Fact("Doctor", "Zoë")))[0]


def test_the_letters_taken_as_usual_can_all_be_printed():
    usual = "".join(letter for letter in map(chr, range(0x3000)) if child._USUAL.fullmatch(letter))
    assert len(usual) > 400
    assert not child._refused(typst.Compiler(ignore_system_fonts=True), usual)


def test_every_page_says_whose_it_is_of_when_and_which_page():
    rows = tuple((f"2026-01-{day:02}", f"Test {day}") for day in range(1, 120))
    pages = pages_of(a_document(Heading("Results", 1), Table(("Date", "Name"), rows), contents=True))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert "Rosa Delgado, born May 14, 1968" in page
        assert "As of November 20, 2026: Lakeside Clinic." in page
        assert f"Page {number} of {len(pages)}" in page
        assert "Date" in page  # the table's heading stands on each
    assert "Contents" in pages[0]


def test_plain_text_says_what_the_paper_says():
    table = Table(("Date", "Name"), (("March 4, 2026", "Hemoglobin A1c"), ("", "Sodium")), "Newest first")
    document = a_document(
        Heading("Test results", 1),
        table,
        Heading("Asthma"),
        Fact("Note", "One line\nand another"),
        Words("This does not mean none.", "warn"),
    )
    plain, (page,) = "".join(typesetting.text(document)), pages_of(document)
    said = ("My records", document.whose, *document.as_of, "Test results", "Newest first", "March 4, 2026")
    for one in (*said, "Hemoglobin A1c", "Sodium", "Asthma", "and another", "This does not mean none."):
        assert one in plain
        assert squeezed(one) in squeezed(page)
    assert max(map(len, plain.splitlines())) <= 78


def test_what_is_large_becomes_parts_that_say_everything_once():
    blocks = [Heading("Results", 1), Table(("A",), tuple((str(n),) for n in range(90))), Heading("Notes", 1)]
    blocks += [one for n in range(30) for one in (Heading(f"Note {n}"), Fact("Text", "x"))]
    parts = list(typesetting.parts(blocks, most=40))
    assert len(parts) > 3
    assert all(isinstance(part[0], Heading) and part[0].level == 1 for part in parts)
    rows = [row for part in parts for one in part if isinstance(one, Table) for row in one.rows]
    assert rows == [(str(n),) for n in range(90)]
    assert [one.text for part in parts for one in part if isinstance(one, Heading) and one.level == 2] == [
        f"Note {n}" for n in range(30)
    ]


def test_nothing_is_left_behind_and_too_much_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    typesetting.pdf(a_document(Words("x")))
    assert not list(Path(tmp_path).iterdir())
    with pytest.raises(typesetting.CannotSet):
        typesetting.pdf(a_document(*[Words("x")] * 2 * typesetting.MOST))
