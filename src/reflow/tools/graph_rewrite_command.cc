#include "reflow/tools/graph_rewrite_command.h"

#include <fmt/format.h>

#include <set>

#include "reflow/client/graph.h"
#include "reflow/client/session.h"
#include "reflow/saved_model/saved_model.h"
#include "reflow/tools/graph_file.h"
#include "reflow/train/meta_graph.h"
#include "reflow/transforms/freeze.h"
#include "reflow/transforms/transform.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::tools {
namespace {

constexpr const char* kForInference =
    "strip_unused_nodes remove_nodes(op=Identity, op=CheckNumerics, op=StopGradient) fold_constants(ignore_errors=true) "
    "fold_batch_norms fold_old_batch_norms merge_duplicate_nodes sort_by_execution_order";

// Loads what is to be frozen into the session's graph, which is the default one.
void load_model(const FreezeGraphOptions& options, const Session& session) {
  if (!options.saved_model.empty()) {
    std::set<std::string> tags;
    for (size_t begin = 0; begin <= options.tag_set.size();) {
      const size_t comma = std::min(options.tag_set.find(',', begin), options.tag_set.size());
      tags.insert(options.tag_set.substr(begin, comma - begin));
      begin = comma + 1;
    }
    saved_model::load(session, tags, options.saved_model);
    return;
  }
  const train::ImportedMetaGraph imported = train::import_meta_graph(options.meta_graph, {.clear_devices = true});
  if (!imported.saver_def) throw std::runtime_error(options.meta_graph + " names no op that restores variables");
  const Graph graph = session.graph();
  session.run(graph.get_operation_by_name(imported.saver_def->restore_op_name),
              {{graph.get_tensor_by_name(imported.saver_def->filename_tensor_name), Tensor::scalar(options.checkpoint)}});
}

StatusOr<std::string> freeze(const FreezeGraphOptions& options) {
  const Graph graph;
  const auto scope = graph.as_default();
  const Session session({.graph = graph});
  load_model(options, session);
  tensorflow::GraphDef frozen;
  if (!frozen.ParseFromString(graph_util::convert_variables_to_constants(session, graph.as_graph_def(), options.outputs))) {
    return internal_error("The frozen graph can't be read");
  }
  RETURN_IF_ERROR(write_graph_file(options.out, frozen));
  int constants = 0;
  for (const tensorflow::NodeDef& node : frozen.node()) constants += node.op() == "Const";
  return fmt::format("{}: {} nodes, {} of them constants, {} bytes\n", options.out, frozen.node_size(), constants, frozen.ByteSizeLong());
}

std::string transforms_text() {
  std::string text;
  for (const transforms::TransformInfo& info : transforms::list_transforms()) {
    text += fmt::format("{}({})\n    {}\n", info.name, info.parameters, info.summary);
  }
  return text + "\nEach takes ignore_errors=true: where it fails it then changes nothing.\n";
}

}  // namespace

StatusOr<std::string> freeze_graph(const FreezeGraphOptions& options) {
  if (options.saved_model.empty() == options.meta_graph.empty()) {
    return invalid_argument("Give either --saved_model, or --meta_graph and --checkpoint");
  }
  if (!options.meta_graph.empty() && options.checkpoint.empty()) return invalid_argument("--meta_graph needs --checkpoint");
  try {
    return freeze(options);
  } catch (const std::exception& error) {
    return invalid_argument("{}", error.what());
  }
}

StatusOr<std::string> optimize_graph(const OptimizeGraphOptions& options) {
  if (options.list) return transforms_text();
  if (options.in.empty() || options.out.empty() || options.outputs.empty()) {
    return invalid_argument("IN, OUT and --outputs are needed");
  }
  tensorflow::GraphDef graph;
  RETURN_IF_ERROR(read_graph_file(options.in, &graph));
  const int before = graph.node_size();
  const size_t bytes_before = graph.ByteSizeLong();
  ASSIGN_OR_RETURN(const auto calls, transforms::parse_transforms(options.transforms.empty() ? kForInference : options.transforms));
  RETURN_IF_ERROR(transforms::transform_graph({.inputs = options.inputs, .outputs = options.outputs}, calls, &graph));
  RETURN_IF_ERROR(write_graph_file(options.out, graph));
  return fmt::format("{}: {} nodes, {} bytes (before: {} nodes, {} bytes)\n", options.out, graph.node_size(), graph.ByteSizeLong(), before,
                     bytes_before);
}

}  // namespace reflow::tools
