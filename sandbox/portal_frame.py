"""The frame of a pretend hospital's pages: head, colours, logo and foot of one brand.

These pages stand for other people's portals, so they carry their style sheet with them and share nothing
with the product's own look. Each brand has its own colour, type face and corners.
"""

from html import escape
from string import Template

from sandbox.directory import Place
from sandbox.logos import hue, logo

_FACES = (
    "Georgia, 'Times New Roman', serif",
    "'Trebuchet MS', 'Segoe UI', sans-serif",
    "Verdana, 'DejaVu Sans', sans-serif",
    "'Palatino Linotype', Palatino, 'URW Palladio L', serif",
)
_CORNERS = ("2px", "6px", "12px")

_STYLE = Template("""
:root {
  color-scheme: light;
  --deep: hsl($hue 55% 24%); --strong: hsl($hue 60% 32%); --mist: hsl($hue 45% 95%);
  --line: hsl($hue 25% 80%); --ink: hsl($hue 25% 14%); --corner: $corner;
}
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.55 $face; color: var(--ink); background: var(--mist); }
header { background: var(--deep); color: #fff; }
header div, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem 1.25rem; }
header div { display: flex; gap: 1rem; align-items: center; }
header p { margin: 0; }
header svg {
  width: 3rem; height: 3rem; flex: none; padding: .25rem; background: #fff; border-radius: var(--corner);
}
header b { display: block; font-size: 1.2rem; line-height: 1.25; }
header span { font-size: .95rem; }
main {
  margin-top: 1.5rem; padding: 1.5rem 1.75rem 2rem; background: #fff;
  border: 1px solid var(--line); border-top: 5px solid var(--strong); border-radius: var(--corner);
}
h1 { margin: .25rem 0 .75rem; font-size: 1.6rem; line-height: 1.25; color: var(--deep); }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; color: var(--deep); }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input {
  width: 100%; max-width: 24rem; padding: .55rem .7rem; font: inherit; color: var(--ink);
  background: #fff; border: 2px solid #6b7280; border-radius: var(--corner);
}
button {
  display: inline-block; padding: .6rem 1.4rem; font: inherit; font-weight: 600; cursor: pointer;
  color: #fff; background: var(--strong); border: 2px solid var(--strong); border-radius: var(--corner);
}
button.quiet { color: var(--strong); background: #fff; }
button:hover { filter: brightness(.92); }
:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.wrong { margin: 1rem 0; padding: .6rem 1rem; background: #fef2f2; border-left: 5px solid #b91c1c; }
.people { margin: 0; padding: 0; list-style: none; }
.people li {
  display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between;
  padding: .8rem 0; border-top: 1px solid var(--line);
}
.people span { display: block; font-size: .95rem; }
code {
  padding: .1rem .35rem; font-family: ui-monospace, 'DejaVu Sans Mono', monospace;
  background: var(--mist); border-radius: 3px; overflow-wrap: anywhere;
}
.kinds { padding-left: 1.25rem; columns: 2 14rem; }
.kinds li { padding: .15rem 0; break-inside: avoid; }
footer { font-size: .9rem; color: #374151; }
""")

_FRAME = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><link rel="icon" href="data:,"><style>$style</style></head><body>
<header><div>$logo<p><b>$name</b><span>$address</span></p></div></header>
<main>$body</main>
<footer><p>A pretend portal of the sandbox. Everyone here is made up.</p></footer>
</body></html>""")


def frame(place: Place, title: str, body: str) -> str:
    """A whole page of a place's portal. `body` is HTML; title, name and address are escaped here."""
    colour = hue(place)
    style = _STYLE.substitute(
        hue=colour, face=_FACES[colour % len(_FACES)], corner=_CORNERS[colour % len(_CORNERS)]
    )
    return _FRAME.substitute(
        title=escape(title),
        style=style,
        logo=logo(place),
        name=escape(place.name),
        address=escape(f"{place.street}, {place.city}, {place.state} {place.zip}"),
        body=body,
    )
