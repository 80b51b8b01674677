// VariableDef: how MetaGraphDefs keep variables.

#include <tensorflow/core/framework/variable.pb.h>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/variable_nodes.h"
#include "reflow/client/variable_state.h"

namespace reflow {
namespace {

// `name` below `scope`, without it; control inputs and colocations aside, as ops.strip_name_scope.
std::string without_scope(const std::string& name, const std::string& scope) {
  if (scope.empty()) return name;
  const std::string prefix = scope.ends_with('/') ? scope : scope + "/";
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string with_scope(const std::string& name, const std::string& scope) {
  if (scope.empty()) return name;
  return scope.ends_with('/') ? scope + name : scope + "/" + name;
}

}  // namespace

std::string Variable::to_proto(const std::string& export_scope) const {
  const client::VariableState& v = *state_;
  if (is_partitioned()) throw TypeError("A partitioned variable is kept as its parts.");
  if (!export_scope.empty() && !v.ref.name().starts_with(export_scope)) return "";
  tensorflow::VariableDef proto;
  proto.set_variable_name(without_scope(v.ref.name(), export_scope));
  if (v.initial_value.valid()) proto.set_initial_value_name(without_scope(v.initial_value.name(), export_scope));
  proto.set_initializer_name(without_scope(v.initializer.name(), export_scope));
  const Output& snapshot = v.cached.valid() ? v.cached : v.snapshot;
  proto.set_snapshot_name(without_scope(snapshot.name(), export_scope));
  proto.set_is_resource(v.resource);
  proto.set_trainable(v.trainable);
  proto.set_synchronization(static_cast<tensorflow::VariableSynchronization>(v.synchronization));
  proto.set_aggregation(static_cast<tensorflow::VariableAggregation>(v.aggregation));
  if (v.save_slice_info) {
    tensorflow::SaveSliceInfoDef& slice = *proto.mutable_save_slice_info_def();
    slice.set_full_name(without_scope(v.save_slice_info->full_name, export_scope));
    for (const int64_t size : v.save_slice_info->full_shape) slice.add_full_shape(size);
    for (const int64_t offset : v.save_slice_info->var_offset) slice.add_var_offset(offset);
    for (const int64_t size : v.save_slice_info->var_shape) slice.add_var_shape(size);
  }
  return proto.SerializeAsString();
}

Variable Variable::from_proto(std::string_view variable_def, const std::string& import_scope) {
  tensorflow::VariableDef proto;
  if (!proto.ParseFromArray(variable_def.data(), static_cast<int>(variable_def.size()))) {
    throw ValueError("variable_def is not a serialized VariableDef.");
  }
  const Graph graph = get_default_graph();
  const auto tensor = [&](const std::string& name) { return graph.get_tensor_by_name(with_scope(name, import_scope)); };
  client::VariableNodes nodes;
  nodes.ref = tensor(proto.variable_name());
  nodes.initializer = graph.get_operation_by_name(with_scope(proto.initializer_name(), import_scope));
  // Older ones name no snapshot of a resource variable.
  nodes.snapshot = proto.snapshot_name().empty() ? tensor(proto.variable_name().substr(0, proto.variable_name().find(':')) +
                                                          "/Read/ReadVariableOp:0")
                                                 : tensor(proto.snapshot_name());
  if (!proto.initial_value_name().empty()) nodes.initial_value = tensor(proto.initial_value_name());
  nodes.trainable = proto.trainable();
  const Variable variable = client::variable_of_nodes(nodes);
  const std::shared_ptr<client::VariableState>& state = variable.state();
  state->synchronization = static_cast<VariableSynchronization>(proto.synchronization());
  state->aggregation = static_cast<VariableAggregation>(proto.aggregation());
  if (proto.has_save_slice_info_def()) {
    const tensorflow::SaveSliceInfoDef& slice = proto.save_slice_info_def();
    state->save_slice_info = SaveSliceInfo{with_scope(slice.full_name(), import_scope),
                                           {slice.full_shape().begin(), slice.full_shape().end()},
                                           {slice.var_offset().begin(), slice.var_offset().end()},
                                           {slice.var_shape().begin(), slice.var_shape().end()}};
  }
  return variable;
}

}  // namespace reflow
