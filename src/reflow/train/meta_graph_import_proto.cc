#include <tensorflow/core/protobuf/meta_graph.pb.h>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <any>

#include "reflow/client/collections.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow_proto.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/read_proto.h"
#include "reflow/train/meta_graph.h"

namespace reflow::train {
namespace {

using tensorflow::CollectionDef;
using tensorflow::MetaGraphDef;

bool holds_variables(const std::string& collection) {
  static const absl::flat_hash_set<std::string> kNames = {
      GraphKeys::GLOBAL_VARIABLES, GraphKeys::LOCAL_VARIABLES, GraphKeys::METRIC_VARIABLES, GraphKeys::MODEL_VARIABLES,
      GraphKeys::TRAINABLE_VARIABLES, GraphKeys::MOVING_AVERAGE_VARIABLES, GraphKeys::CONCATENATED_VARIABLES, GraphKeys::GLOBAL_STEP};
  return kNames.contains(collection);
}

// Attributes that only the ops of the file's writer have are left out where they have its defaults.
void remove_unknown_defaults(const tensorflow::OpList& written_with, tensorflow::GraphDef* graph) {
  absl::flat_hash_map<std::string, const tensorflow::OpDef*> ops;
  for (const tensorflow::OpDef& op : written_with.op()) ops[op.name()] = &op;
  for (tensorflow::NodeDef& node : *graph->mutable_node()) {
    const graph::OpDef* known = graph::OpRegistry::global().find(node.op());
    const auto written = ops.find(node.op());
    if (known == nullptr || written == ops.end()) continue;
    for (const tensorflow::OpDef::AttrDef& attr : written->second->attr()) {
      const auto it = node.attr().find(attr.name());
      if (it == node.attr().end() || known->find_attr(attr.name()) || !attr.has_default_value()) continue;
      if (graph::serialize(it->second) == graph::serialize(attr.default_value())) node.mutable_attr()->erase(attr.name());
    }
  }
}

class Collections {
 public:
  Collections(const Graph& graph, std::string scope) : graph_(graph), scope_(std::move(scope)) {}

  void restore(const std::string& name, const CollectionDef& def) {
    for (const std::string& bytes : def.bytes_list().value()) graph_.add_item(name, from_bytes(name, bytes));
    for (const std::string& node : def.node_list().value()) graph_.add_item(name, element(full(node)));
    for (const int64_t value : def.int64_list().value()) graph_.add_item(name, std::any(value));
    for (const float value : def.float_list().value()) graph_.add_item(name, std::any(value));
  }

 private:
  std::string full(const std::string& name) const { return scope_.empty() ? name : scope_ + "/" + name; }

  std::any element(const std::string& name) const {
    const GraphElement found = graph_.as_graph_element(name);
    if (found.is_operation()) return found.operation();
    return found.output();
  }

  std::any from_bytes(const std::string& collection, const std::string& bytes) {
    if (holds_variables(collection)) {
      const auto it = variables_.find(bytes);  // one variable for all collections that it is in
      return it != variables_.end() ? it->second : variables_.emplace(bytes, Variable::from_proto(bytes, scope_)).first->second;
    }
    if (collection == GraphKeys::COND_CONTEXT) return check_building(graph::parse_cond_context(graph_.impl(), bytes, scope_));
    if (collection == GraphKeys::WHILE_CONTEXT) return check_building(graph::parse_while_context(graph_.impl(), bytes, scope_));
    return bytes;
  }

  Graph graph_;
  std::string scope_;
  std::map<std::string, Variable> variables_;
};

}  // namespace

ImportedMetaGraph import_meta_graph(const MetaGraphDef& meta_graph, const ImportMetaGraphOptions& options) {
  const Graph graph = get_default_graph();
  tensorflow::GraphDef def = meta_graph.graph_def();
  remove_unknown_defaults(meta_graph.meta_info_def().stripped_op_list(), &def);
  if (options.clear_devices) {
    for (tensorflow::NodeDef& node : *def.mutable_node()) node.clear_device();
  }
  const std::string scope = options.import_scope.empty() ? "" : graph.unique_name(options.import_scope, false);
  import_graph_def(def.SerializeAsString(), {.input_map = options.input_map, .name = options.import_scope});

  // By name: one order, whatever order a map has.
  std::map<std::string, const CollectionDef*> sorted;
  for (const auto& [name, collection] : meta_graph.collection_def()) sorted[name] = &collection;
  Collections collections(graph, scope);
  ImportedMetaGraph imported;
  for (const auto& [name, collection] : sorted) collections.restore(name, *collection);
  for (const Variable& variable : get_collection<Variable>(GraphKeys::GLOBAL_VARIABLES)) {
    std::string name = variable.name();
    if (!scope.empty() && !name.starts_with(scope + "/")) continue;
    imported.variables.emplace(scope.empty() ? name : name.substr(scope.size() + 1), variable);
  }
  if (meta_graph.has_saver_def()) imported.saver_def = SaverDef::parse(meta_graph.saver_def().SerializeAsString(), scope);
  return imported;
}

ImportedMetaGraph import_meta_graph(const std::string& filename, const ImportMetaGraphOptions& options) {
  MetaGraphDef meta_graph;
  const Status status = graph::read_proto(filename, &meta_graph);
  if (!status.ok() && status.code() == StatusCode::kDataLoss) throw ValueError(std::string(message_of(status)));
  errors::throw_if_error(status);
  return import_meta_graph(meta_graph, options);
}

}  // namespace reflow::train
