"""Papers in the invented charts, as base64 for Binary.data: a note in HTML, exercises in PDF."""

import base64

_NOTE = """<!DOCTYPE html>
<html><head><title>Visit note</title></head><body>
<h1>Blood pressure check</h1>
<p><b>Rosa Delgado</b>, born 14 May 1968. Seen by Luke Abara, FNP, on 2 October 2026.</p>
<p>Feels well. No headache, no swelling of the feet. Forgets her evening pill about once a week.</p>
<table><tr><th>Arm</th><th>Pressure</th></tr><tr><td>Right</td><td>151/92</td></tr>
<tr><td>Left</td><td>148/90</td></tr></table>
<p>Plan: lisinopril up from 10 mg to 20 mg. Blood test for kidneys today. Nurse visit in February.</p>
</body></html>
"""
_EXERCISES = (
    "Exercises for your right knee",
    "1. Sit tall. Straighten the knee, hold for five seconds, let go. Ten times.",
    "2. Lie on your back. Lift the straight leg a hand's breadth. Ten times.",
    "3. Stand at a counter. Bend both knees a little and come up slowly. Ten times.",
    "Twice a day. Stop if it hurts more than before, and call us.",
)


def html_note() -> str:
    """The note of a visit, HTML."""
    return base64_of(_NOTE)


def base64_of(text: str) -> str:
    """A text as Binary.data."""
    return base64.b64encode(text.encode()).decode()


def pdf_note() -> str:
    """A sheet of exercises, one page of PDF."""
    return base64.b64encode(pdf(_EXERCISES)).decode()


def pdf(lines: tuple[str, ...]) -> bytes:
    """A PDF 1.4 file of one page with these lines (ASCII), the first one large (ISO 32000-1, 7.5)."""
    drawn = ["BT", "/F1 18 Tf", "72 720 Td", f"({_escaped(lines[0])}) Tj", "/F1 11 Tf"]
    for line in lines[1:]:
        drawn += ["0 -26 Td", f"({_escaped(line)}) Tj"]
    content = "\n".join([*drawn, "ET"]).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    return _file(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: tuple[bytes, ...]) -> bytes:
    """Header, objects, cross-reference table, trailer."""
    written = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        written.index(b"xref\n0 "),
    )
    return bytes(written)
