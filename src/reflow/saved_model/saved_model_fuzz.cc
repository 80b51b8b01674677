// Bytes as a SavedModel or a MetaGraphDef: loading ends in a graph or in an error.

#include <tensorflow/core/protobuf/saved_model.pb.h>

#include <cstdint>
#include <exception>

#include "reflow/client/graph.h"
#include "reflow/saved_model/signature_proto.h"
#include "reflow/train/meta_graph.h"

namespace {

void try_import(const tensorflow::MetaGraphDef& meta_graph) {
  using namespace reflow;
  const Graph graph;
  const auto scope = graph.as_default();
  try {
    saved_model::info_of(meta_graph);
    train::import_meta_graph(meta_graph);
    train::export_meta_graph();
  } catch (const std::exception&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tensorflow::SavedModel model;
  if (model.ParseFromArray(data, static_cast<int>(size))) {
    for (const tensorflow::MetaGraphDef& meta_graph : model.meta_graphs()) try_import(meta_graph);
  }
  tensorflow::MetaGraphDef meta_graph;
  if (meta_graph.ParseFromArray(data, static_cast<int>(size))) try_import(meta_graph);
  return 0;
}
