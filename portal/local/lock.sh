#!/bin/sh
# Pins the dependencies of pyproject.toml, with hashes, for every platform and every Python from 3.11.
# A week old at least: a package that was taken over is usually found out within days.
set -eu
cd "$(dirname "$0")/../.."
command -v uv >/dev/null || {
    echo "make lock needs uv: https://docs.astral.sh/uv/" >&2
    exit 1
}
until=$(python3 -c 'import datetime as d; print(d.date.today() - d.timedelta(days=7))')
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --exclude-newer "$until" --custom-compile-command "make lock" "$@"
}
compile pyproject.toml -o requirements/run.txt
compile pyproject.toml --extra demo -c requirements/run.txt -o requirements/demo.txt
compile pyproject.toml --extra demo --extra dev -c requirements/demo.txt -o requirements/dev.txt
