#!/usr/bin/env bash
# Makes the environment of the peers beside this file, from pinned versions. OpenFisca-Core is
# optional: where it cannot be installed, the others are measured without it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

python="${PYTHON:-python3}"
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check "$(grep '^numpy==' requirements.txt)"
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt; then
    printf 'OpenFisca-Core could not be installed; it will be left out\n'
fi
.venv/bin/python -c 'import numpy; print("numpy", numpy.__version__)'
