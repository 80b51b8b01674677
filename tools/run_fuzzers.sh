#!/bin/bash
# Runs each fuzzer of a folder for some seconds, as many at a time as there are processors, from the seeds that
# tools/fuzz_seeds.sh makes. New inputs go to build/fuzz/corpus, a crash to build/fuzz/crashes, what a fuzzer says to
# build/fuzz/NAME.log. A finding of one does not keep the others from running.
#
# usage: tools/run_fuzzers.sh FOLDER SECONDS [NAME...]     (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
export seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(cd "$folder" && ls | grep '_fuzz$')
mkdir -p build/fuzz/crashes
[ -d build/fuzz/seeds ] || tools/fuzz_seeds.sh build/fuzz/seeds

# What NAME wants beside that. any_op_fuzz reaches so much of the engine that libFuzzer's own work would take nearly all of the
# time: how rare each feature is (entropic), names of new functions, a search for leaks after each run; one at the end remains.
# And it has bytes for all that it chooses from its first run on, when libFuzzer would try a few.
options_of() {
  case $1 in
    any_op_fuzz) echo "-entropic=0 -print_funcs=0 -detect_leaks=0 -len_control=0 -max_len=2048" ;;
  esac
}

run() {
  local name=$(basename "$1") corpora=()
  corpora=("build/fuzz/corpus/$name")
  mkdir -p "${corpora[0]}"
  [ ! -d "build/fuzz/seeds/$name" ] || corpora+=("build/fuzz/seeds/$name")
  if "$1" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -artifact_prefix="build/fuzz/crashes/$name-" \
      $(options_of "$name") "${corpora[@]}" > "build/fuzz/$name.log" 2>&1; then
    echo "$name: $(tail -n 1 "build/fuzz/$name.log")"
  else
    echo "$name: FOUND $(grep -m 1 -E '^(SUMMARY|==[0-9]+== ERROR)' "build/fuzz/$name.log"): build/fuzz/$name.log" >&2
    return 1
  fi
}
export -f run options_of
if ! printf "$folder/%s\n" "$@" | xargs -P "$(nproc)" -I{} bash -c 'run {}'; then
  echo "run_fuzzers: findings in build/fuzz/crashes" >&2
  exit 1
fi
