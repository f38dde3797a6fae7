#!/bin/sh
# Builds .venv from requirements/NAME.txt, or finds it built: portal/local/venv.sh demo|dev
# In sh, because there may be no Python yet. Done again only when the requirements or the Python change.
set -eu
cd "$(dirname "$0")/../.."
name=$1
venv=.venv

say() { printf '\n%s\n\n' "$*" >&2; }

# A name on the PATH may be a shim for a version that is not installed, so each is tried. Python 3.13 and later have
# no Redis wheel: without a Redis on the machine an older one is taken first.
is_python() { "$1" -c "import sys; sys.exit(not ($2 <= sys.version_info[:2]${3:+ <= $3}))" >/dev/null 2>&1; }

find_python() {
    newest='(3, 12)'
    if command -v redis-server >/dev/null || command -v valkey-server >/dev/null || [ -n "${REDIS_URL:-}" ]; then
        newest=''
    fi
    for limit in "$newest" ''; do
        for python in ${PYTHON:-} python3 python3.12 python3.11 python3.13 python3.14; do
            if command -v "$python" >/dev/null && is_python "$python" '(3, 11)' "$limit"; then
                echo "$python"
                return
            fi
        done
    done
    return 1
}

# A hash over what the environment is made from.
stamp() { "$1" -c 'import hashlib, sys; print(sys.version, hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$2"; }

is_built() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/.built-$1" ] &&
        [ "$(stamp "$venv/bin/python" "requirements/$1.txt" 2>/dev/null)" = "$(cat "$venv/.built-$1")" ]
}

if is_built "$name"; then
    exit 0
fi
# What is needed to test contains what is needed to show.
if [ "$name" = demo ] && is_built dev; then
    exit 0
fi

if ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
    python=$(find_python) || {
        say "Tributary needs Python 3.11 or newer, and none was found on the PATH. Install it (on Debian and Ubuntu:" \
            "apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3.12 make $name"
        exit 1
    }
    rm -rf "$venv"
    "$python" -m venv "$venv" >/dev/null || {
        rm -rf "$venv"
        say "$python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"
        exit 1
    }
fi

# Without a home there is no place for a cache, and pip would say so at length.
[ -n "${HOME:-}" ] || export PIP_NO_CACHE_DIR=1
echo "Fetching the packages of requirements/$name.txt (once) ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "requirements/$name.txt" || {
    say "pip could not install requirements/$name.txt. Is there a network, or a package index that pip is told of" \
        "(PIP_INDEX_URL)? Packages come ready built for Linux (x86-64, arm64) and macOS only. Nothing is half done:" \
        "the next try goes on from here."
    exit 1
}
stamp "$venv/bin/python" "requirements/$name.txt" >"$venv/.built-$name"
