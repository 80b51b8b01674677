#!/bin/bash
# Runs each fuzzer of a folder for some seconds, from the seeds in tests/data/fuzz/NAME when there are any. New inputs go
# to build/fuzz/corpus, a crash to build/fuzz/crashes. A finding of one does not keep the others from running.
#
# usage: tools/run_fuzzers.sh FOLDER SECONDS
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/fuzz/crashes
shopt -s nullglob
failed=()
for fuzzer in "$1"/*_fuzz; do
  name=$(basename "$fuzzer")
  corpora=("build/fuzz/corpus/$name")
  mkdir -p "${corpora[0]}"
  [ -d "tests/data/fuzz/$name" ] && corpora+=("tests/data/fuzz/$name")
  echo "== $name"
  "$fuzzer" -max_total_time="$2" -rss_limit_mb=2048 -timeout=10 -artifact_prefix=build/fuzz/crashes/"$name"- "${corpora[@]}" ||
    failed+=("$name")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "run_fuzzers: findings in build/fuzz/crashes of ${failed[*]}" >&2
  exit 1
fi
