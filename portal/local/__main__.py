"""`python -m portal.local` runs the demo; `accounts` prints its accounts; `checking COMMAND…` runs a check.

A check runs under made-up, safe settings, so that `make check` needs no settings of its own and no server.
"""

import os
import sys
from pathlib import Path

from portal.local import demo, environment
from portal.local.trouble import CannotStart


def main(words: list[str], home: Path = demo.HOME) -> None:
    """Do what the words say, in this home. Exits with a sentence when it cannot be done."""
    try:
        match words:
            case []:
                demo.run(home)
            case ["accounts"]:
                demo.accounts(home)
            case ["checking", program, *rest]:
                os.execvpe(program, [program, *rest], environment.checking(os.environ))  # noqa: S606
            case _:
                sys.exit(__doc__)
    except CannotStart as trouble:
        sys.exit(f"\n{trouble}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
