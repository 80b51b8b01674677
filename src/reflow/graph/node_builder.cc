#include "reflow/graph/node_builder.h"

#include <absl/strings/cord.h>
#include <algorithm>

#include "reflow/graph/argument_binding.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/scope_effects.h"
#include "reflow/graph/shape_context.h"
#include "reflow/graph/traceback.h"

namespace reflow::graph {
namespace {

constexpr char kTypeError[] = "type_error";

// The nodes that give the arguments that are references; TensorFlow pairs arguments with the flat list of inputs.
std::vector<Node*> nodes_of_refs(const OpDef& op, std::span<const Endpoint> inputs) {
  std::vector<Node*> nodes;
  for (size_t i = 0; i < op.inputs.size() && i < inputs.size(); ++i) {
    if (op.inputs[i].is_ref) nodes.push_back(inputs[i].node);
  }
  return nodes;
}

Status check_same_graph(const Graph& graph, std::span<const Endpoint> inputs, std::span<Node* const> controls) {
  for (const Endpoint& e : inputs) {
    if (&e.node->graph() != &graph) return invalid_argument("{} is not from this graph.", e.name());
  }
  for (const Node* node : controls) {
    if (&node->graph() != &graph) return invalid_argument("{} is not from this graph.", node->name());
  }
  return OkStatus();
}

}  // namespace

Status check_not_removed(const Graph& graph, const OpDef& op) {
  if (op.deprecated_in == 0 || graph.versions.producer < op.deprecated_in) return OkStatus();
  return unimplemented("Op {} is not available in GraphDef version {}. It has been removed in version {}. {}.", op.name,
                       graph.versions.producer, op.deprecated_in, op.deprecation);
}

namespace {

std::string name_for(Graph& graph, std::string_view name, std::string_view type) {
  if (name.empty()) name = type;
  if (name == kEmptyName) name = {};
  if (name.ends_with('/')) return std::string(name.substr(0, name.size() - 1));
  return graph.unique_name(name);
}

TracebackCapture traceback_capture = nullptr;

// What TensorFlow says where ops run at once: about types that don't fit together, that the op can't be computed.
Status immediate_binding_error(const OpDef& op, std::span<const OpInput> inputs, const Status& status,
                               std::string_view name) {
  std::vector<std::pair<std::string_view, DType>> settled;
  size_t position = 0;
  for (size_t i = 0; i < inputs.size() && i < op.inputs.size(); ++i) {
    const ArgDef& arg = op.inputs[i];
    for (const Endpoint& e : inputs[i].endpoints) {
      if (!e || !arg.type_list_attr.empty()) return status;
      const DType type = base_type(e.dtype());
      const auto same_attr = [&](const auto& s) { return !arg.type_attr.empty() && s.first == arg.type_attr; };
      const auto known = std::ranges::find_if(settled, same_attr);
      const DType wanted = arg.type != DType::kInvalid ? arg.type : known != settled.end() ? known->second : type;
      if (wanted != type) {
        return execution_error(invalid_argument(
            "cannot compute {} as input #{}(zero-based) was expected to be a {} tensor but is a {} tensor [Op:{}]{}",
            op.name, position, dtype_spec_name(wanted), dtype_spec_name(type), op.name,
            name.empty() ? "" : fmt::format(" name: {}", name)));
      }
      if (known == settled.end()) settled.emplace_back(arg.type_attr, type);
      ++position;
    }
  }
  return status;
}

// create_op in the graph whose ops run at once: of the thread's scopes, those of names and containers count.
StatusOr<Node*> create_now(ImmediateExecutor& executor, Graph& graph, std::string_view type,
                           std::vector<OpInput> inputs, AttrMap attrs, CreateOptions options) {
  NodeSpec spec;
  spec.op = OpRegistry::global().find(type);
  if (spec.op == nullptr) {
    const std::lock_guard lock(graph.mutex());
    spec.op = graph.functions().find_op(type);
  }
  if (spec.op == nullptr) return not_found("Op type not registered '{}' in this binary.", type);
  const OpDef& op = *spec.op;
  spec.attrs = std::move(attrs);
  if (Status status = bind_arguments(op, inputs, &spec.attrs, &spec.inputs); !status.ok()) {
    if (!is_type_error(status)) return status;
    status = immediate_binding_error(op, inputs, status, options.name);
    if (!message_of(status).starts_with("Value passed to parameter")) return status;
    return execution_error(append_message(executor.no_kernel(op), fmt::format(" [Op:{}]", op.name)));
  }
  RETURN_IF_ERROR(output_types_of(op, spec.attrs, &spec.output_types));
  RETURN_IF_ERROR(check_same_graph(graph, spec.inputs, {}));
  const std::string_view name = options.name;
  spec.name = name.empty() ? type : name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  const GraphScope& scope = graph.scope();
  if (!scope.container.empty() && op.is_stateful) {
    const AttrValue* value = spec.attrs.find("container");
    const std::string* container = value ? value->get<std::string>() : nullptr;
    if (container && container->empty()) spec.attrs.set("container", scope.container);
  }
  return executor.execute(std::move(spec), name);
}

}  // namespace

void set_traceback_capture(TracebackCapture capture) { traceback_capture = capture; }

Status type_error(std::string message) {
  Status status = make_status(StatusCode::kInvalidArgument, message);
  status.SetPayload(kTypeError, absl::Cord());
  return status;
}

bool is_type_error(const Status& status) { return status.GetPayload(kTypeError).has_value(); }

StatusOr<Node*> create_op(Graph& graph, std::string_view type, std::vector<OpInput> inputs, AttrMap attrs,
                          CreateOptions options) {
  if (ImmediateExecutor* executor = immediate_executor(graph)) {
    if (options.name == kEmptyName) options.name.clear();
    return create_now(*executor, graph, type, std::move(inputs), std::move(attrs), std::move(options));
  }
  const std::lock_guard lock(graph.mutex());
  NodeSpec spec;
  spec.op = OpRegistry::global().find(type);
  if (spec.op == nullptr) spec.op = graph.functions().find_op(type);
  if (spec.op == nullptr) return not_found("Op type not registered '{}' in this binary.", type);
  const OpDef& op = *spec.op;
  RETURN_IF_ERROR(check_not_removed(graph, op));
  if (graph.finalized()) return failed_precondition("Graph is finalized and cannot be modified.");
  // First of all: a name is used up, as in TensorFlow, by an op that can't be made.
  spec.name = options.as_given ? std::move(options.name) : name_for(graph, options.name, type);
  spec.attrs = std::move(attrs);
  RETURN_IF_ERROR(bind_arguments(op, inputs, &spec.attrs, &spec.inputs));
  RETURN_IF_ERROR(output_types_of(op, spec.attrs, &spec.output_types));
  RETURN_IF_ERROR(check_same_graph(graph, spec.inputs, options.control_inputs));

  GraphScope& scope = graph.scope();
  if (!is_valid_op_name(spec.name)) return invalid_argument("'{}' is not a valid node name", spec.name);
  spec.control_inputs = std::move(options.control_inputs);
  if (!options.as_given) add_scope_control_inputs(scope, spec.inputs, &spec.control_inputs);
  spec.device = std::move(options.device);

  // As they are before a context puts its own in their places.
  const std::vector<Node*> refs = options.as_given ? std::vector<Node*>() : nodes_of_refs(op, spec.inputs);
  ASSIGN_OR_RETURN(Node* const node, graph.add_node(std::move(spec)));
  if (traceback_capture) node->traceback = traceback_capture();
  if (options.compute_shapes) {
    if (Status status = infer_shapes(node); !status.ok()) {
      graph.remove_node(node);  // its number stays in use, as in TensorFlow: seeds of random ops hang on it
      return status;
    }
  }
  if (options.as_given) return node;
  if (Status status = enter_context(scope, node); !status.ok()) {
    if (node->consumers().empty()) graph.remove_node(node);
    return status;
  }
  RETURN_IF_ERROR(apply_scopes(scope, refs, node));
  return node;
}

}  // namespace reflow::graph
