#!/bin/sh
# Make .venv and install exactly what the given lock file says.
set -eu
lock=$1
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

command -v "$python" >/dev/null || { say "Python is missing; install python3 (3.11 or newer)."; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "$("$python" --version) is too old; Mailwarden needs 3.11 or newer. Name another one: make PYTHON=python3.12 …"
    exit 1
}

# Debian and Ubuntu ship Python without venv and pip.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "Python's venv module is missing; install the package $package, then run this again."
        exit 1
    fi
    say "Installing $package …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
fi

[ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
say "Installing the packages of $lock …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
