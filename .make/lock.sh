#!/bin/sh
# Resolve pyproject.toml into the two lock files, for every platform, with hashes.
set -eu
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
compile() {
    output=$1; shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command "make lock" "$@" -o "$output" pyproject.toml
}
compile requirements.lock --extra demo
compile requirements-dev.lock --extra demo --extra test -c requirements.lock
