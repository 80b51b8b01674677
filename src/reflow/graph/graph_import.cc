#include "reflow/graph/graph_import.h"

#include <unistd.h>

#include <algorithm>

#include "reflow/graph/function_library.h"
#include "reflow/graph/later_attributes.h"
#include "reflow/graph/node_validation.h"
#include "reflow/graph/scope_effects.h"
#include "reflow/graph/shape_context.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

constexpr int kVersion = 134;  // of the GraphDefs that this library makes and reads
constexpr std::string_view kLocation = "loc:@";

Status check_versions(const tensorflow::VersionDef& versions) {
  if (kVersion < versions.min_consumer()) {
    return invalid_argument("GraphDef min consumer version {} above current version {} for TensorFlow 1.15.5.  Please upgrade TensorFlow.",
                            versions.min_consumer(), kVersion);
  }
  if (versions.producer() < 0) {
    return invalid_argument("GraphDef producer version {} below min producer 0 supported by TensorFlow 1.15.5.  Please regenerate your graph.",
                            versions.producer());
  }
  if (std::ranges::find(versions.bad_consumers(), kVersion) != versions.bad_consumers().end()) {
    return invalid_argument("GraphDef disallows consumer version {}.  Please upgrade TensorFlow: this version is likely buggy.", kVersion);
  }
  return OkStatus();
}

}  // namespace

Status op_not_registered(std::string_view type) {
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  return not_found(
      "Op type not registered '{}' in binary running on {}. Make sure the Op and Kernel are registered in the binary running in this "
      "process. Note that if you are loading a saved graph which used ops from tf.contrib, accessing (e.g.) `tf.contrib.resampler` "
      "should be done before importing the graph, as contrib ops are lazily registered when the module is first accessed.",
      type, host);
}

namespace {

// Adds the nodes of one proto, and takes all back unless commit() is reached.
class Importer {
 public:
  Importer(const tensorflow::GraphDef& proto, const ImportOptions& options, const ImportPlan& plan, Graph* graph)
      : proto_(proto), options_(options), plan_(plan), graph_(graph), made_(proto.node_size(), nullptr) {}

  ~Importer() {
    if (committed_) return;
    for (const auto& [node, i] : back_edges_done_) graph_->set_input(node, i, {}).IgnoreError();
    for (auto it = plan_.order.rbegin(); it != plan_.order.rend(); ++it) {
      if (made_[*it]) graph_->drop_newest_node(made_[*it]);
    }
    for (const std::string& name : functions_) graph_->functions().remove(name);
  }

  Status add_all() {
    for (const auto& function : proto_.library().function()) {
      const bool known = graph_->functions().contains(function.signature().name());
      RETURN_IF_ERROR(graph_->functions().add(function));
      if (!known) functions_.push_back(function.signature().name());
    }
    for (const int i : plan_.order) RETURN_IF_ERROR(add_node(i));
    for (const BackEdge& edge : back_edges_) {
      const Endpoint source{made_[edge.source], edge.index};
      RETURN_IF_ERROR(check_source(proto_.node(edge.reader).name(), source));
      RETURN_IF_ERROR(check_input_type(made_[edge.reader]->name(), edge.input, source, made_[edge.reader]->output_type(0)));
      RETURN_IF_ERROR(graph_->set_input(made_[edge.reader], edge.input, source));
      back_edges_done_.emplace_back(made_[edge.reader], edge.input);
    }
    return find_returns();
  }

  // From here on nothing can fail but what scopes ask for.
  StatusOr<ImportResult> commit() {
    for (const auto& gradient : proto_.library().gradient()) RETURN_IF_ERROR(graph_->functions().add_gradient(gradient));
    committed_ = true;
    for (const int i : plan_.order) graph_->mark_name(made_[i]->name());
    merge_versions();
    if (options_.apply_scopes) RETURN_IF_ERROR(apply_all_scopes());
    return ImportResult{.nodes = std::move(made_), .return_endpoints = std::move(returns_), .unused_input_map_keys = plan_.unused_input_map_keys};
  }

 private:
  struct BackEdge {
    int reader, input, source, index;
  };

  Status add_node(int i) {
    const tensorflow::NodeDef& def = proto_.node(i);
    const ImportNode& planned = plan_.nodes[i];
    NodeSpec spec;
    spec.name = planned.name;
    spec.marks_name = false;
    spec.device = def.device();
    spec.op = OpRegistry::global().find(def.op());
    if (spec.op == nullptr) spec.op = graph_->functions().find_op(def.op());
    if (spec.op == nullptr) return op_not_registered(def.op());
    RETURN_IF_ERROR(read_attrs(def, &spec));
    RETURN_IF_ERROR(connect(i, &spec));
    RETURN_IF_ERROR(complete_node_spec(&spec, true));
    ASSIGN_OR_RETURN(Node* const node, graph_->add_node(std::move(spec)));
    made_[i] = node;
    return options_.validate_shape ? infer_and_check_shapes(node) : OkStatus();
  }

  Status read_attrs(const tensorflow::NodeDef& def, NodeSpec* spec) {
    for (const auto& [name, proto] : def.attr()) {
      AttrValue value;
      if (const Status status = attr_from_proto(proto, &value); !status.ok()) {
        return append_message(status, fmt::format("\n\t for attr '{}'\n\t; NodeDef: {{{{node {}}}}}; {}", name, spec->name, summarize_op(*spec->op)));
      }
      const bool known = name.starts_with('_') || std::ranges::any_of(spec->op->attrs, [&key = name](const AttrDef& attr) { return attr.name == key; });
      if (!known && changes_nothing(def.op(), name, value)) continue;
      if (name == "_class") RETURN_IF_ERROR(rename_locations(def, &value));
      spec->attrs.set(name, std::move(value));
    }
    return OkStatus();
  }

  // Colocation with nodes of the proto follows their new names.
  Status rename_locations(const tensorflow::NodeDef& def, AttrValue* value) {
    const auto* list = value->get<std::vector<std::string>>();
    if (list == nullptr) return OkStatus();
    std::vector<std::string> renamed = *list;
    for (std::string& entry : renamed) {
      if (!entry.starts_with(kLocation)) continue;
      const std::string_view name = std::string_view(entry).substr(kLocation.size());
      const auto it = plan_.by_name.find(name);
      if (it == plan_.by_name.end()) {
        return invalid_argument("Node '{}' expects to be colocated with unknown node '{}'", def.name(), name);
      }
      entry = std::string(kLocation) + plan_.nodes[it->second].name;
    }
    *value = std::move(renamed);
    return OkStatus();
  }

  static Status check_source(const std::string& reader, const Endpoint& source) {
    if (source.index < source.node->num_outputs()) return OkStatus();
    return invalid_argument("Node '{}': Connecting to invalid output {} of source node {} which has {} outputs.", reader, source.index,
                            source.node->name(), source.node->num_outputs());
  }

  Status connect(int i, NodeSpec* spec) {
    bool from_proto = false;
    for (const ImportInput& input : plan_.nodes[i].inputs) {
      from_proto = from_proto || input.node >= 0;
      if (input.index < 0) {
        spec->control_inputs.push_back(input.control ? input.control : made_[input.node]);
      } else if (input.node < 0) {
        spec->inputs.push_back(input.mapped);
      } else if (made_[input.node] == nullptr) {
        back_edges_.push_back({i, static_cast<int>(spec->inputs.size()), input.node, input.index});
        spec->inputs.push_back({});
      } else {
        const Endpoint source{made_[input.node], input.index};
        if (const Status status = check_source(proto_.node(i).name(), {source.node, source.index}); !status.ok()) {
          return invalid_argument("Node '{}': Connecting to invalid output {} of source node {} which has {} outputs.", proto_.node(i).name(),
                                  source.index, proto_.node(input.node).name(), source.node->num_outputs());
        }
        spec->inputs.push_back(source);
      }
    }
    if (!from_proto) spec->control_inputs.insert(spec->control_inputs.end(), options_.control_dependencies.begin(), options_.control_dependencies.end());
    return OkStatus();
  }

  Status infer_and_check_shapes(Node* node) {
    RETURN_IF_ERROR(infer_shapes(node));
    // Until version 21 no shape was written as a scalar's.
    if (proto_.versions().producer() <= 21 && node->type() == "Placeholder" && node->output_shape(0).rank() == 0) {
      node->set_output_shape(0, Shape::unknown());
    }
    const AttrValue* stated = node->find_attr("_output_shapes");
    if (stated == nullptr) return OkStatus();
    if (const auto* shapes = stated->get<std::vector<Shape>>()) {
      const ShapeContext merging(*node, {}, {}, {}, false);
      for (int i = 0; i < node->num_outputs() && i < static_cast<int>(shapes->size()); ++i) {
        Shape merged;
        if (const Status status = merging.merge(node->output_shape(i), (*shapes)[i], &merged); !status.ok()) {
          return invalid_argument("Node '{}' has an _output_shapes attribute inconsistent with the GraphDef for output #{}: {}", node->name(), i,
                                  message_of(status));
        }
        node->set_output_shape(i, std::move(merged));
      }
    }
    node->clear_attr("_output_shapes");
    return OkStatus();
  }

  Status find_returns() {
    for (const std::string& element : options_.return_elements) {
      const bool is_tensor = element.find(':') != std::string::npos;
      const InputName name = InputName::parse(element);
      if (is_tensor) {
        if (const auto it = options_.input_map.find(element); it != options_.input_map.end()) {
          returns_.push_back(it->second);
          continue;
        }
      }
      const auto it = plan_.by_name.find(name.node);
      if (it == plan_.by_name.end()) {
        return invalid_argument("Requested return {} '{}' not found in graph def", is_tensor ? "tensor" : "node", element);
      }
      Node* const node = made_[it->second];
      if (is_tensor && name.index >= node->num_outputs()) {
        return invalid_argument("Invalid return output {} of node '{}', which has {} output(s)", name.index, it->first, node->num_outputs());
      }
      returns_.push_back({node, is_tensor ? name.index : -1});
    }
    return OkStatus();
  }

  // A graph is as old as its oldest part.
  void merge_versions() {
    GraphVersions& versions = graph_->versions;
    versions.producer = std::min(versions.producer, proto_.versions().producer());
    versions.min_consumer = std::max(versions.min_consumer, proto_.versions().min_consumer());
    for (const int version : proto_.versions().bad_consumers()) {
      if (std::ranges::find(versions.bad_consumers, version) == versions.bad_consumers.end()) versions.bad_consumers.push_back(version);
    }
    std::ranges::sort(versions.bad_consumers);
  }

  // What the thread's scopes do to nodes that Python makes; colocation of the proto's own is stronger than a device.
  Status apply_all_scopes() {
    GraphScope& scope = graph_->scope();
    std::vector<std::vector<std::string>> groups;  // of each node, without those that scopes add
    for (Node* node : made_) {
      std::vector<Node*> controls;
      add_scope_control_inputs(scope, node->inputs(), &controls);
      for (Node* control : controls) graph_->add_control_input(node, control);
      RETURN_IF_ERROR(enter_context(scope, node));
      groups.push_back(node->colocation_groups());
      RETURN_IF_ERROR(apply_import_scopes(scope, node));
    }
    for (size_t i = 0; i < made_.size(); ++i) {
      Node* const node = made_[i];
      for (const std::string& group : groups[i]) {
        const Node* with = graph_->find(group);
        if (with == nullptr || with == node || with->device().empty()) continue;
        node->set_device(with->device());
        break;
      }
    }
    return OkStatus();
  }

  const tensorflow::GraphDef& proto_;
  const ImportOptions& options_;
  const ImportPlan& plan_;
  Graph* graph_;
  std::vector<Node*> made_;  // by index in the proto
  std::vector<BackEdge> back_edges_;
  std::vector<std::pair<Node*, int>> back_edges_done_;
  std::vector<Endpoint> returns_;
  std::vector<std::string> functions_;  // new ones
  bool committed_ = false;
};

}  // namespace

StatusOr<ImportResult> import_graph_def(const tensorflow::GraphDef& proto, const ImportOptions& options, Graph* graph) {
  const std::lock_guard lock(graph->mutex());
  if (graph->finalized()) return failed_precondition("Graph is finalized and cannot be modified.");
  RETURN_IF_ERROR(check_versions(proto.versions()));
  ASSIGN_OR_RETURN(const ImportPlan plan, plan_import(proto, options, *graph));
  Importer importer(proto, options, plan, graph);
  RETURN_IF_ERROR(importer.add_all());
  return importer.commit();
}

}  // namespace reflow::graph
