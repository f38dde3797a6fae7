"""Import a chart from a file of one resource a line, in a process of its own, and say what memory it took.

    python -m tests.bench.big_chart FILE

Reads a page at a time, as a worker does. Prints two numbers of KiB: before the import, and the peak.
"""

import re
import sys
from itertools import islice
from pathlib import Path

import django


def peak() -> int:
    """KiB this process has held at most. Not getrusage: that counts what the process was forked from."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


def main(path: Path) -> None:
    """Import, a thousand at a time."""
    django.setup()
    from tests.bench.writers import Ours

    ours = Ours()
    before = peak()
    with path.open("rb") as lines:
        while page := [line.rstrip(b"\n") for line in islice(lines, 1000)]:
            ours.page(page)
    print(before, peak())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
