#!/usr/bin/env bash
# Takes the pictures in docs/images again, from the instance that runs: ./shop up -d && docs/screenshots.sh [port offset]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
offset=${1:-0}
if ! ./shop status --port-offset "$offset" >/dev/null; then
  echo "Not everything is ready at port offset $offset; start it first: ./shop up -d --port-offset $offset" >&2
  exit 1
fi
./shop test -q -pl testkit,bench,system-tests -Dalone -Dport-offset="$offset" -Dtest=none -Dit.test=Screenshots \
  -Dsurefire.failIfNoSpecifiedTests=false
ls -l docs/images/*.png
