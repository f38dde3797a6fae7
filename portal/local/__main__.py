"""`python -m portal.local` runs the demo; `accounts` prints its accounts; `checking COMMAND…` runs a check.

A check runs under made-up, safe settings, so that `make check` needs no settings of its own and no server.
"""

import os
import sys

from portal.local import demo, environment
from portal.local.trouble import CannotStart


def main(words: list[str]) -> None:
    """Do what the words say. Exits with a sentence when it cannot be done."""
    try:
        match words:
            case []:
                demo.run()
            case ["accounts"]:
                demo.accounts()
            case ["checking", program, *rest]:
                os.execvpe(program, [program, *rest], environment.checking(os.environ))  # noqa: S606
            case _:
                sys.exit(__doc__)
    except CannotStart as trouble:
        sys.exit(f"\n{trouble}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
