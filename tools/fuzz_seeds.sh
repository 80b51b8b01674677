#!/bin/bash
# Makes what the fuzzers start from, FOLDER/NAME for each fuzzer NAME, of the files in tests/data: graphs, checkpoints,
# SavedModels, records and events that TensorFlow wrote.
#
# usage: tools/fuzz_seeds.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
largest=100000 # bytes: mutations of more take long and reach no more

# seed NAME FILE AS [FIRST_BYTE]: FILE as a seed of fuzzer NAME, behind a byte that says how to read it where one does.
seed() {
  mkdir -p "$folder/$1"
  if [ "$(stat -c %s "$2")" -le $largest ]; then
    { printf "${4-}"; cat "$2"; } > "$folder/$1/$3"
  fi
}

graph=$(mktemp)
trap 'rm -f "$graph"' EXIT
for text in tests/data/graphs/*.pbtxt.gz; do
  gunzip -c "$text" | protoc -Iproto --encode=tensorflow.GraphDef tensorflow/core/framework/graph.proto > "$graph"
  seed graph_def_fuzz "$graph" "$(basename "$text" .pbtxt.gz)"
  seed session_fuzz "$graph" "$(basename "$text" .pbtxt.gz)"
done
seed graph_def_fuzz tests/data/saved_models/frozen/model.pb frozen
seed session_fuzz tests/data/saved_models/frozen/model.pb frozen
for model in tests/data/saved_models/*/saved_model.pb; do
  seed saved_model_fuzz "$model" "$(basename "$(dirname "$model")")"
done
for index in tests/data/checkpoints/*/*.index; do
  seed table_fuzz "$index" "$(basename "$(dirname "$index")")"
done
for state in tests/data/checkpoints/*/checkpoint; do
  seed checkpoint_state_fuzz "$state" "$(basename "$(dirname "$state")")"
done
seed record_reader_fuzz tests/data/tf-1.15/tfrecord/plain.tfrecord plain '\0'
seed record_reader_fuzz tests/data/tf-1.15/tfrecord/zlib.tfrecord zlib '\1'
seed record_reader_fuzz tests/data/tf-1.15/tfrecord/gzip.tfrecord gzip '\2'
seed event_bytes_fuzz tests/data/tf-1.15/events/events.out.tfevents.1600000000.host events
