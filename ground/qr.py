"""Words as a QR code, for paper and for screens."""

import io

import segno


def svg(words: str) -> bytes:
    """A drawing without a size of its own, black on white, with the margin that scanners want."""
    out = io.BytesIO()
    _code(words).save(
        out,
        kind="svg",
        border=4,
        light="#fff",
        svgclass=None,
        lineclass=None,
        xmldecl=False,
        omitsize=True,
    )
    return out.getvalue()


def png(words: str) -> bytes:
    """A picture large enough to print."""
    out = io.BytesIO()
    _code(words).save(out, kind="png", border=4, scale=6)
    return out.getvalue()


def _code(words: str) -> segno.QRCode:
    return segno.make(words, micro=False, error="m", boost_error=False)
