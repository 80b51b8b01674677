#include "reflow/capi/description.h"

#include <fmt/format.h>

#include "reflow/graph/node_builder.h"
#include "reflow/graph/node_validation.h"
#include "reflow/graph/op_def.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/shape_context.h"

using namespace reflow;
using graph::ArgDef;
using graph::AttrValue;
using graph::Endpoint;
using graph::Node;

TF_OperationDescription::TF_OperationDescription(TF_Graph* g, std::string op_type, std::string name)
    : graph(g), type(std::move(op_type)) {
  spec.name = std::move(name);
  spec.marks_name = false;  // it may yet turn out to be wrong
  spec.op = graph::OpRegistry::global().find(type);
  if (spec.op == nullptr) spec.op = g->impl().functions().find_op(type);
  if (spec.op == nullptr) errors_.emplace_back(message_of(graph::op_not_registered(type)));
}

void TF_OperationDescription::set_attr(const char* name, AttrValue value) {
  const AttrValue* const known = spec.attrs.find(name);
  if (known == nullptr) {
    spec.attrs.set(name, std::move(value));
  } else if (*known != value) {
    errors_.push_back(fmt::format("Inconsistent values for attr '{}' {} vs. {}", name, known->str(), value.str()));
  }
}

const ArgDef* TF_OperationDescription::next_argument() {
  if (spec.op == nullptr) return nullptr;
  if (arguments_ < spec.op->inputs.size()) return &spec.op->inputs[arguments_++];
  errors_.push_back(fmt::format("More Input() calls than the {} input_args", arguments_));
  return nullptr;
}

bool TF_OperationDescription::exists(Endpoint input) {
  if (!input) {
    missing_outputs_.push_back(fmt::format("Attempt to add nullptr Node to node with type {}", type));
    return false;
  }
  if (input.index >= 0 && input.index < input.node->num_outputs()) return true;
  missing_outputs_.push_back(fmt::format("Attempt to add output {} of {} not in range [0, {}) to node with type {}. Node: {{{{node {}}}}}",
                                         input.index, input.node->name(), input.node->num_outputs(), type, input.node->name()));
  return false;
}

void TF_OperationDescription::check_type(const ArgDef& arg, DType expected, DType given) {
  if (expected == given || (is_ref(given) && base_type(given) == expected)) return;
  errors_.push_back(fmt::format("Input '{}' passed {} expected {}", arg.name, dtype_spec_name(given), dtype_spec_name(expected)));
}

namespace {

DType with_ref(const ArgDef& arg, DType type) { return arg.is_ref ? ref_type(type) : type; }

}  // namespace

void TF_OperationDescription::add_input(Endpoint input) {
  if (!exists(input)) return;
  const ArgDef* const arg = next_argument();
  if (arg == nullptr) return;
  spec.inputs.push_back(input);
  if (arg->is_list()) {
    errors_.push_back(fmt::format("Single tensor passed to '{}', expected list", arg->name));
  } else if (arg->type != DType::kInvalid) {
    check_type(*arg, with_ref(*arg, arg->type), input.dtype());
  } else {
    if (arg->is_ref && !is_ref(input.dtype())) {
      errors_.push_back(fmt::format("Input '{}' passed {} expected ref type", arg->name, dtype_spec_name(input.dtype())));
    }
    set_attr(arg->type_attr.c_str(), base_type(input.dtype()));
  }
}

void TF_OperationDescription::add_input_list(std::span<const Endpoint> inputs) {
  for (const Endpoint& input : inputs) {
    if (!exists(input)) return;
  }
  const ArgDef* const arg = next_argument();
  if (arg == nullptr) return;
  spec.inputs.insert(spec.inputs.end(), inputs.begin(), inputs.end());
  if (!arg->number_attr.empty()) {
    set_attr(arg->number_attr.c_str(), static_cast<int64_t>(inputs.size()));
    if (arg->type == DType::kInvalid && inputs.empty()) return;
    const DType element = arg->type != DType::kInvalid ? arg->type : base_type(inputs[0].dtype());
    if (arg->type == DType::kInvalid) set_attr(arg->type_attr.c_str(), element);
    for (const Endpoint& input : inputs) check_type(*arg, with_ref(*arg, element), input.dtype());
  } else if (!arg->type_list_attr.empty()) {
    std::vector<DType> types;
    for (const Endpoint& input : inputs) types.push_back(base_type(input.dtype()));
    set_attr(arg->type_list_attr.c_str(), std::move(types));
  } else {
    errors_.push_back(fmt::format("List provided to input '{}' when single Tensor expected", arg->name));
  }
}

Status TF_OperationDescription::check_arguments() const {
  if (!missing_outputs_.empty()) return invalid_argument("{}", fmt::join(missing_outputs_, "\n"));
  std::vector<std::string> errors = errors_;
  if (spec.op != nullptr && arguments_ < spec.op->inputs.size()) {
    errors.push_back(fmt::format("{} inputs specified of {} inputs in Op", arguments_, spec.op->inputs.size()));
  }
  if (errors.empty()) return OkStatus();
  const std::string place = fmt::format("while building NodeDef '{}'{}", spec.name,
                                        spec.op ? " using " + graph::summarize_op(*spec.op) : std::string());
  if (errors.size() == 1) return invalid_argument("{} {}", errors[0], place);
  return invalid_argument("{} errors {}:\n{}", errors.size(), place, fmt::join(errors, "\n"));
}

StatusOr<Node*> TF_OperationDescription::finish() {
  graph::Graph& g = graph->impl();
  const std::lock_guard lock(g.mutex());
  if (g.find(spec.name) != nullptr) return invalid_argument("Duplicate node name in graph: '{}'", spec.name);
  RETURN_IF_ERROR(check_arguments());
  for (const Endpoint& input : spec.inputs) RETURN_IF_ERROR(capi::check_tensor(graph, input));
  for (const Node* control : spec.control_inputs) RETURN_IF_ERROR(capi::check_operation(graph, control));
  RETURN_IF_ERROR(graph::check_not_removed(g, *spec.op));
  if (!colocation.empty()) spec.attrs.set("_class", std::vector<std::string>(colocation.begin(), colocation.end()));
  RETURN_IF_ERROR(graph::complete_node_spec(&spec, true));
  ASSIGN_OR_RETURN(Node* const node, g.add_node(std::move(spec)));
  if (const Status status = graph::infer_shapes(node); !status.ok()) {
    g.drop_newest_node(node);
    return status;
  }
  g.mark_name(node->name());
  return node;
}
