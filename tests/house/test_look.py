"""The look keeps its promises: nothing inline, every word translatable, every colour readable."""

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
TOKENS = ROOT / "static/css/tokens.css"

INLINE = re.compile(r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|href\s*=\s*["']?javascript:""", re.I)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)
SINK = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
STATIC = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")
#: Words that are the same in every language: names of products.
NAMES = {"Tributary", "Edge", "Opera", "Samsung", "Internet", "Firefox", "Chrome", "Safari", "iPhone", "iPad"}
NAMES |= {"Android", "Windows", "Mac", "Chromebook", "Linux", "LOINC", "FHIR", "JSON"}
#: Blocks that hold names of classes, which nobody reads.
CLASSES = {"block frame", "block main_class"}
#: Attributes whose value a person reads or hears.
SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|placeholder)\s*=\s*["']([^"'\0]*)["']""")
#: text on background, in both schemes
READABLE = [
    (ink, paper) for ink in ("ink", "quiet", "river", "river-deep") for paper in ("paper", "surface")
] + [
    (ink, paper)
    for ink in ("ink", "river", "river-deep")
    for paper in ("river-soft", "new-soft", "high-soft")
]
READABLE += [("on-river", "river"), ("on-river", "river-deep"), ("new", "new-soft"), ("high", "high-soft")]
READABLE += [
    ("good", "good-soft"),
    ("ink", "good-soft"),
    ("high", "surface"),
    ("high", "paper"),
    ("river", "good-soft"),
]


def named(paths: list[Path]) -> list[object]:
    """The paths as test parameters that say their own name."""
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def bare_words(source: str) -> list[str]:
    """Words of a template that stand outside every translation tag."""
    pieces, skipping = [], ""
    for token in Lexer(source).tokenize():
        first = token.contents.split(" ", 1)[0] if token.token_type == TokenType.BLOCK else ""
        if first in {"comment", "blocktranslate"}:
            skipping = f"end{first}"
        elif token.contents in CLASSES:
            skipping = "endblock"
        elif skipping and first == skipping:
            skipping = ""
        elif token.token_type == TokenType.TEXT and not skipping:
            pieces.append(token.contents)
        elif not skipping:
            pieces.append("\0")
    page = "".join(pieces)
    seen = re.sub(r"<!--.*?-->|<[^>]*>", " ", page, flags=re.S) + " ".join(SPOKEN.findall(page))
    return [word for word in re.findall(r"[^\W\d_]{3,}", seen) if word not in NAMES]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme by name, read from the tokens."""
    light, dark = TOKENS.read_text().split("prefers-color-scheme: dark", 1)
    read = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})")
    first = dict(read.findall(light))
    return {"light": first, "dark": first | dict(read.findall(dark))}


def test_the_rules_have_something_to_look_at() -> None:
    assert len(TEMPLATES) > 60
    assert len(COMPONENTS) > 20
    assert len(SCRIPTS) >= 3
    assert bare_words('<p title="Hello">{% translate "fine" %} loose</p>') == ["loose", "Hello"]
    assert INLINE.search('<p style="x">')
    assert round(contrast("#ffffff", "#000000")) == 21


@pytest.mark.parametrize("template", named(TEMPLATES))
def test_nothing_is_inline(template: Path) -> None:
    source = template.read_text()
    assert INLINE.findall(source) == []
    assert [script for script in SCRIPT.findall(source) if "src=" not in script] == []


@pytest.mark.parametrize("template", named(TEMPLATES))
def test_every_word_can_be_translated(template: Path) -> None:
    assert bare_words(template.read_text()) == []


@pytest.mark.parametrize("template", named(TEMPLATES))
def test_every_static_file_that_is_named_is_there(template: Path) -> None:
    assert [
        name for name in STATIC.findall(template.read_text()) if not (ROOT / "static" / name).exists()
    ] == []


@pytest.mark.parametrize("component", named(COMPONENTS))
def test_every_component_says_what_it_is_and_takes(component: Path) -> None:
    assert component.read_text().startswith("{% comment %}")


@pytest.mark.parametrize("script", named(SCRIPTS))
def test_no_script_makes_html(script: Path) -> None:
    assert SINK.findall(script.read_text()) == []


@pytest.mark.parametrize("style", named(STYLES))
def test_no_style_asks_another_server(style: Path) -> None:
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", style.read_text()) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), READABLE)
def test_every_pair_of_colours_can_be_read(scheme: str, ink: str, paper: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(scheme: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours["edge"], colours["surface"]) >= 3
    assert contrast(colours["edge"], colours["paper"]) >= 3
