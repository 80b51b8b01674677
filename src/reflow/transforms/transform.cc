#include "reflow/transforms/transform.h"

#include <algorithm>

#include "reflow/base/logging.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

struct Entry {
  TransformInfo info;
  Transform run;
};

constexpr Entry kTransforms[] = {
    {{"add_default_attributes", "", "Adds attributes that nodes leave out, with their defaults."}, add_default_attributes},
    {{"fold_batch_norms", "", "Makes a Mul by a constant after a convolution or MatMul part of its weights."}, fold_batch_norms},
    {{"fold_constants", "", "Computes once what depends on constants alone."}, fold_constants},
    {{"fold_old_batch_norms", "", "Makes FusedBatchNorm and BatchNormWithGlobalNormalization part of a convolution, and a BiasAdd."},
     fold_old_batch_norms},
    {{"merge_duplicate_nodes", "", "Makes one node of nodes with the same op, inputs and attributes."}, merge_duplicate_nodes},
    {{"obfuscate_names", "", "Gives nodes short names, inputs and outputs excepted."}, obfuscate_names},
    {{"remove_attribute", "attribute_name, op_name", "Takes an attribute out of all nodes, or of those of an op."}, remove_attribute},
    {{"remove_control_dependencies", "", "Takes all control inputs out."}, remove_control_dependencies},
    {{"remove_device", "", "Takes all devices out."}, remove_device},
    {{"remove_nodes", "op, max_inputs", "Puts the first input in place of nodes of these ops."}, remove_nodes},
    {{"rename_attribute", "old_attribute_name, new_attribute_name, op_name", "Renames an attribute of all nodes, or of an op's."},
     rename_attribute},
    {{"rename_op", "old_op_name, new_op_name", "Makes nodes of an op nodes of another."}, rename_op},
    {{"set_device", "device, if_default", "Places all nodes, or those that have no device."}, set_device},
    {{"sort_by_execution_order", "", "Puts nodes behind their inputs."}, sort_by_execution_order},
    {{"strip_unused_nodes", "type, shape, name, type_for_name, shape_for_name",
      "Takes out what the outputs don't need; inputs become placeholders."},
     strip_unused_nodes},
};

Status check_outputs(const Ends& ends, const tensorflow::GraphDef& graph, const TransformCall& call) {
  const NodeMap nodes(graph);
  for (const std::string& output : ends.outputs) {
    if (!nodes.find(output)) return internal_error("{} has lost the output '{}'", call.name, output);
  }
  return OkStatus();
}

}  // namespace

Status transform_graph(const Ends& ends, const std::vector<TransformCall>& calls, tensorflow::GraphDef* graph) {
  RETURN_IF_ERROR(check_unique_names(*graph));
  for (const TransformCall& call : calls) {
    const auto* entry = std::ranges::find(kTransforms, call.name, [](const Entry& e) { return e.info.name; });
    if (entry == std::end(kTransforms)) return invalid_argument("Transform '{}' not recognized.", call.name);
    ASSIGN_OR_RETURN(const bool ignores_errors, call.flag("ignore_errors", false));
    tensorflow::GraphDef changed = *graph;
    Status status = entry->run(ends, call, &changed);
    if (status.ok() && call.name != "strip_unused_nodes") status = check_outputs(ends, changed, call);
    if (status.ok()) {
      *graph = std::move(changed);
    } else if (ignores_errors) {
      log_warning("{}: Ignoring error {}", call.name, message_of(status));
    } else {
      return status;
    }
  }
  return OkStatus();
}

StatusOr<std::string> transform_serialized_graph(const Ends& ends, std::string_view transforms, std::string_view graph_def) {
  ASSIGN_OR_RETURN(const std::vector<TransformCall> calls, parse_transforms(transforms));
  tensorflow::GraphDef graph;
  if (!graph.ParseFromArray(graph_def.data(), static_cast<int>(graph_def.size()))) {
    return invalid_argument("Couldn't interpret input as a GraphDef");
  }
  RETURN_IF_ERROR(transform_graph(ends, calls, &graph));
  return graph.SerializeAsString();
}

std::vector<TransformInfo> list_transforms() {
  std::vector<TransformInfo> infos;
  for (const Entry& entry : kTransforms) infos.push_back(entry.info);
  return infos;
}

}  // namespace reflow::transforms
