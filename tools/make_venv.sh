#!/bin/bash
# Makes .venv with the packages of tests/requirements.txt, and with the package reflow as build/release/python has it; does
# nothing when it is there and up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(cat tests/requirements.txt pyproject.toml tools/make_venv.sh tools/install_editable.py | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/requirements.sha256 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c 'import pytest' 2>/dev/null; then
  exit 0
fi

# `python3` may be a version manager's shim that runs nothing here, or lack venv; Debian's own is the second choice.
for python in python3 /usr/bin/python3; do
  if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "make_venv: .venv from $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
    .venv/bin/python tools/install_editable.py "$PWD"
    echo "$wanted" > .venv/requirements.sha256
    exit 0
  fi
done
echo "make_venv: no python3 with venv; on Debian: apt-get install python3-venv" >&2
exit 1
