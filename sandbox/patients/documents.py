"""Papers in the invented charts, as base64: HTML, PDF, RTF, C-CDA, a picture and plain text."""

import base64
import struct
import zlib

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
_PHONE_NOTE = """PHONE NOTE, 20 January 2026, 4:10 PM
Rosa Delgado called about her blood test.
Told her: A1c is 7.0. Keep metformin as it is. Next test in October.
She asked if she may take the pill in the morning. Yes, with breakfast.
L. Abara, FNP
"""
_LETTER = r"""{\rtf1\ansi\deff0{\fonttbl{\f0 Times New Roman;}}
\f0\fs24 {\b Referral to physical therapy}\par\par
To: Millbrook Physical Therapy\par
About: Rosa Delgado, born 14 May 1968\par\par
Dear colleague,\par\par
thank you for seeing Ms. Delgado for her right knee. Osteoarthritis since June 2022, no injury.
 Injection on 12 July 2022 with good relief.\par\par
Please: strengthening, stairs, a plan for home. Twelve visits.\par\par
Hannah S\'f8rby, DO\par
}"""
_SUMMARY = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
<id root="2.25.77120"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
<title>Summary of care, Prairie Clinics</title>
<effectiveTime value="20260115170000+0000"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<recordTarget><patientRole><id root="2.25.77120" extension="77120"/><patient>
<name><given>Rosa</given><family>Delgado</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19680514"/>
</patient></patientRole></recordTarget>
<component><structuredBody>
<component><section>
<code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title>
<text><table><thead><tr><th>What</th><th>Reaction</th></tr></thead><tbody>
<tr><td>Penicillins</td><td>Rash, mild</td></tr><tr><td>Latex</td><td>Itchy hands</td></tr>
</tbody></table></text></section></component>
<component><section>
<code code="10160-0" codeSystem="2.16.840.1.113883.6.1"/><title>Medicines</title>
<text><list><item>Metformin 500 mg twice a day with food</item>
<item>Lisinopril 10 mg once a day</item></list></text></section></component>
<component><section>
<code code="18776-5" codeSystem="2.16.840.1.113883.6.1"/><title>Plan</title>
<text><paragraph>A1c again in October. Eye exam every January.</paragraph></text></section></component>
</structuredBody></component>
</ClinicalDocument>
"""
# One beat of a heart, as heights of a line in pixels above the middle.
_BEAT = (0, 0, 0, 3, 6, 3, 0, 0, -4, 30, 52, 18, -12, -3, 0, 0, 4, 9, 12, 9, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def html_note() -> str:
    """The note of a visit, HTML."""
    return base64_of(_NOTE)


def base64_of(text: str) -> str:
    """A text as Binary.data."""
    return base64.b64encode(text.encode()).decode()


def pdf_note() -> str:
    """A sheet of exercises, one page of PDF."""
    return base64.b64encode(pdf(_EXERCISES)).decode()


def phone_note() -> str:
    """A note of a telephone call, plain text."""
    return base64_of(_PHONE_NOTE)


def referral_letter() -> str:
    """A letter, Rich Text Format 1.9."""
    return base64_of(_LETTER)


def care_summary() -> str:
    """A Continuity of Care Document as HL7 C-CDA 2.1 has them, with its words and without coded entries."""
    return base64_of(_SUMMARY)


def heart_strip() -> str:
    """A strip of an electrocardiogram, PNG."""
    return base64.b64encode(png([_strip_row(row) for row in range(120)])).decode()


def _strip_row(row: int) -> bytes:
    """One row of the strip in grey: a grid every twenty pixels, and the line of the beats."""
    pixels = bytearray()
    for column in range(480):
        near, before = (_BEAT[(column + shift) // 4 % len(_BEAT)] for shift in (0, -4))
        drawn = min(near, before) - 1 <= 60 - row <= max(near, before) + 1
        pixels.append(0 if drawn else 210 if row % 20 == 0 or column % 20 == 0 else 255)
    return bytes(pixels)


def png(rows: list[bytes]) -> bytes:
    """A PNG of these rows, one byte of grey for each pixel (ISO 15948)."""
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


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
