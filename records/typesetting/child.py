"""Sets one document in a process of its own: JSON in, a PDF out.

Run by `records.typesetting` alone. Before anything of the document is looked at, the process gives up what it
does not need: it can open no file and no connection any more, and has little memory and time. Whatever goes
wrong ends it with a status and no words, since words could hold what the document says.

The document reaches Typst as data (`sys.inputs`), never as source: the template is ours and fixed, and puts
texts in place as strings, which Typst does not read as markup or code.
"""

import json
import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst

from ground import closed_room

_MEMORY = 1_200 * 1024 * 1024  # bytes of address space; the largest paper takes about 500 MB
_SECONDS = 50
_MOST_ODD = 3000
_NOWHERE = "/nonexistent"
# Letters that the typesetter's own fonts have, so that most papers need no look (a test holds it true).
_USUAL = re.compile(
    "[\n\x20-\x7e\xa0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2013\u2014\u2018-\u201d]+"
)
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_PROBE = b"""
#set document(title: "x")
#set text(lang: "en", font: ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"))
#sys.inputs.letters
"""


def main() -> None:
    """`child EMPTY_FOLDER`."""
    template = Path(__file__).with_name("paper.typ").read_bytes()
    told: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _give_up()
    compiler = typst.Compiler(
        root=sys.argv[1], ignore_system_fonts=True, package_path=_NOWHERE, package_cache_path=_NOWHERE
    )
    missing = _missing(compiler, "".join(_letters(told)))
    told = _replaced(told, missing, told["labels"]["unprintable"]) if missing else told
    told["unprintable"] = bool(missing)
    sys.stdout.buffer.write(_set(compiler, template, json.dumps(told, ensure_ascii=False)))


def _give_up() -> None:
    """No file, no connection, no child of its own, and bounds on the rest."""
    closed_room.give_up(memory=_MEMORY, seconds=_SECONDS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _set(compiler: typst.Compiler, template: bytes, told: str) -> bytes:
    """By the rules of PDF/UA-1; where something in the texts makes that impossible, as a tagged PDF still."""
    inputs = {"document": told}
    try:
        made = compiler.compile(template, format="pdf", sys_inputs=inputs, pdf_standards="ua-1")
    except typst.TypstError:
        made = compiler.compile(template, format="pdf", sys_inputs=inputs, pdf_standards=[])
    return made if isinstance(made, bytes) else b""


def _letters(value: Any) -> Iterator[str]:
    """All texts in the document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _letters(inner)


def _missing(compiler: typst.Compiler, text: str) -> set[str]:
    """The letters that no font at hand has: Typst names them one by one. More than anybody writes by hand
    are all taken as missing.
    """
    odd = set(_USUAL.sub("", text))
    if len(odd) > _MOST_ODD:
        return odd
    missing: set[str] = set()
    while odd:
        found = _refused(compiler, "".join(sorted(odd))) & odd
        if not found:
            break
        missing |= found
        odd -= found
    return missing


def _refused(compiler: typst.Compiler, letters: str) -> set[str]:
    try:
        compiler.compile(_PROBE, format="pdf", sys_inputs={"letters": letters}, pdf_standards="ua-1")
    except typst.TypstError as refusal:
        named = _REFUSED.search(refusal.message)
        return set(named[1]) if named else set(letters)
    return set()


def _replaced(value: Any, missing: set[str], by: str) -> Any:
    """The same document with each run of missing letters said to be missing."""
    letters = f"[{re.escape(''.join(sorted(missing)))}]"
    run = re.compile(f"{letters}+(?: +{letters}+)*")

    def walk(inner: Any) -> Any:
        if isinstance(inner, str):
            return run.sub(lambda _found: by, inner)
        if isinstance(inner, list):
            return [walk(one) for one in inner]
        return {key: walk(one) for key, one in inner.items()} if isinstance(inner, dict) else inner

    return walk(value)


if __name__ == "__main__":
    closed_room.be_a_child(main)
