#include <tensorflow/core/protobuf/meta_graph.pb.h>

#include <any>
#include <set>

#include "reflow/base/logging.h"
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
using tensorflow::GraphDef;
using tensorflow::MetaGraphDef;

constexpr const char* kVersion = "1.15.5";

template <typename Visit>
void visit_node_lists(GraphDef* graph, Visit visit) {
  for (tensorflow::NodeDef& node : *graph->mutable_node()) visit(&node);
  for (tensorflow::FunctionDef& function : *graph->mutable_library()->mutable_function()) {
    for (tensorflow::NodeDef& node : *function.mutable_node_def()) visit(&node);
  }
}

// The definitions of the ops that the graph and its functions use, by name.
void write_op_list(GraphDef* graph, tensorflow::OpList* list) {
  std::set<std::string> ops;
  visit_node_lists(graph, [&](tensorflow::NodeDef* node) { ops.insert(node->op()); });
  for (const std::string& name : ops) {
    if (const graph::OpDef* op = graph::OpRegistry::global().find(name)) graph::op_def_to_proto(*op, list->add_op());
  }
}

void strip_defaults(GraphDef* graph) {
  visit_node_lists(graph, [](tensorflow::NodeDef* node) {
    const graph::OpDef* op = graph::OpRegistry::global().find(node->op());
    if (op == nullptr) return;
    for (const graph::AttrDef& attr : op->attrs) {
      const auto it = node->attr().find(attr.name);
      graph::AttrValue value;
      if (!attr.default_value.set() || it == node->attr().end() || !graph::attr_from_proto(it->second, &value).ok()) continue;
      if (value == attr.default_value) node->mutable_attr()->erase(attr.name);
    }
  });
}

// Adds an item to what its collection has; false: it can't be written, or not beside what is there.
bool write_item(const std::any& item, CollectionDef* def) {
  const auto fits = [&](CollectionDef::KindCase kind) { return def->kind_case() == kind || def->kind_case() == CollectionDef::KIND_NOT_SET; };
  if (const auto* variable = std::any_cast<Variable>(&item)) {
    if (!fits(CollectionDef::kBytesList) || variable->is_partitioned()) return false;
    def->mutable_bytes_list()->add_value(variable->to_proto());
    return true;
  }
  if (const auto* context = std::any_cast<graph::ControlFlowContext*>(&item)) {
    const std::optional<std::string> bytes = graph::serialize_context(**context);
    if (!fits(CollectionDef::kBytesList) || !bytes) return false;
    def->mutable_bytes_list()->add_value(*bytes);
    return true;
  }
  if (const auto* saver = std::any_cast<std::shared_ptr<Saver>>(&item)) {
    if (!fits(CollectionDef::kBytesList)) return false;
    def->mutable_bytes_list()->add_value((*saver)->as_saver_def().serialize());
    return true;
  }
  if (const auto* text = std::any_cast<std::string>(&item)) {
    if (!fits(CollectionDef::kBytesList)) return false;
    def->mutable_bytes_list()->add_value(*text);
    return true;
  }
  const auto* number = std::any_cast<int64_t>(&item);
  const auto* small = std::any_cast<int>(&item);
  if (number || small) {
    if (!fits(CollectionDef::kInt64List)) return false;
    def->mutable_int64_list()->add_value(number ? *number : *small);
    return true;
  }
  if (const auto* real = std::any_cast<float>(&item)) {
    if (!fits(CollectionDef::kFloatList)) return false;
    def->mutable_float_list()->add_value(*real);
    return true;
  }
  const std::string name = client::name_of_item(item);
  if (name.empty() || !fits(CollectionDef::kNodeList)) return false;
  def->mutable_node_list()->add_value(name);
  return true;
}

void write_collections(const ExportMetaGraphOptions& options, MetaGraphDef* meta_graph) {
  const Graph graph = get_default_graph();
  for (const std::string& name : options.collection_list ? *options.collection_list : graph.get_all_collection_keys()) {
    if (name.starts_with("__")) continue;  // what the library keeps for itself
    CollectionDef def;
    bool written = true;
    for (const std::any& item : graph.get_items(name)) written = written && write_item(item, &def);
    if (!written) log_warning("Collection {} is not exported: its items can't be written.", name);
    else if (def.kind_case() != CollectionDef::KIND_NOT_SET) (*meta_graph->mutable_collection_def())[name] = std::move(def);
  }
}

}  // namespace

void make_meta_graph(const ExportMetaGraphOptions& options, MetaGraphDef* meta_graph) {
  const Graph graph = get_default_graph();
  GraphDef* def = meta_graph->mutable_graph_def();
  {
    const std::lock_guard lock(graph.impl().mutex());
    graph::export_graph_def(graph.impl(), {.add_shapes = true}, def);
  }
  if (options.clear_devices) {
    for (tensorflow::NodeDef& node : *def->mutable_node()) node.clear_device();
  }
  auto* info = meta_graph->mutable_meta_info_def();
  info->set_tensorflow_version(kVersion);
  write_op_list(def, info->mutable_stripped_op_list());
  for (const std::string& tag : options.tags) info->add_tags(tag);
  if (options.strip_default_attrs) {
    strip_defaults(def);
    info->set_stripped_default_attrs(true);
  }
  if (def->library().function().empty() && def->library().gradient().empty()) def->clear_library();
  write_collections(options, meta_graph);
  if (options.saver_def) meta_graph->mutable_saver_def()->ParseFromString(options.saver_def->serialize());
}

std::string export_meta_graph(const ExportMetaGraphOptions& options) {
  MetaGraphDef meta_graph;
  make_meta_graph(options, &meta_graph);
  if (!options.filename.empty()) errors::throw_if_error(graph::write_proto(options.filename, meta_graph, options.as_text));
  return graph::serialize(meta_graph);
}

}  // namespace reflow::train
