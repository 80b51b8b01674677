#include "reflow/client/output.h"

#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/shape_context.h"

namespace reflow {

DType as_dtype(std::string_view name) {
  const DType type = dtype_from_name(name);
  if (type == DType::kInvalid) {
    throw TypeError(fmt::format("Cannot convert value {} to a TensorFlow DType.", client::python_repr(name)));
  }
  return type;
}

namespace {

// ValueError: the tensor is none.
graph::Node& node_of(const Output& output) {
  if (!output.valid()) throw ValueError("None values not supported.");
  return *output.node();
}

}  // namespace

std::string Output::name() const { return fmt::format("{}:{}", node_of(*this).name(), index_); }
DType Output::dtype() const { return node_of(*this).output_type(index_); }
const Shape& Output::shape() const { return node_of(*this).output_shape(index_); }
Operation Output::op() const { return Operation(node_); }
Graph Output::graph() const { return client::graph_of(node_of(*this)); }
const std::string& Output::device() const { return node_of(*this).device(); }

void Output::set_shape(const Shape& shape) const {
  graph::Node& node = node_of(*this);
  const std::lock_guard lock(node.graph().mutex());
  const graph::ShapeContext context(node, {}, {}, {}, false);
  Shape merged;
  check_building(context.merge(node.output_shape(index_), shape, &merged));
  node.set_output_shape(index_, std::move(merged));
}

std::vector<Operation> Output::consumers() const {
  graph::Node& node = node_of(*this);
  const std::lock_guard lock(node.graph().mutex());
  std::vector<Operation> operations;
  for (const graph::Consumer& consumer : node.consumers()) {
    if (consumer.output == index_) operations.emplace_back(consumer.node);
  }
  return operations;
}

const std::string& Operation::name() const { return node_->name(); }
const std::string& Operation::type() const { return node_->type(); }
const std::string& Operation::device() const { return node_->device(); }
Graph Operation::graph() const { return client::graph_of(*node_); }

std::vector<Output> Operation::inputs() const {
  const std::lock_guard lock(node_->graph().mutex());
  std::vector<Output> inputs;
  for (const graph::Endpoint& e : node_->inputs()) inputs.emplace_back(e.node, e.index);
  return inputs;
}

std::vector<Operation> Operation::control_inputs() const {
  const std::lock_guard lock(node_->graph().mutex());
  std::vector<Operation> operations;
  for (graph::Node* node : node_->control_inputs()) operations.emplace_back(node);
  return operations;
}

std::vector<Output> Operation::outputs() const {
  std::vector<Output> outputs;
  for (int i = 0; i < node_->num_outputs(); ++i) outputs.emplace_back(node_, i);
  return outputs;
}

std::vector<std::string> Operation::colocation_groups() const {
  const std::lock_guard lock(node_->graph().mutex());
  std::vector<std::string> groups;
  for (const std::string& name : node_->colocation_groups()) groups.push_back("loc:@" + name);
  if (groups.empty()) groups.push_back("loc:@" + node_->name());
  return groups;
}

template <typename T>
T Operation::get_attr(std::string_view name) const {
  const std::lock_guard lock(node_->graph().mutex());
  return check_building(node_->attr<T>(name));
}

template std::string Operation::get_attr(std::string_view) const;
template int64_t Operation::get_attr(std::string_view) const;
template float Operation::get_attr(std::string_view) const;
template bool Operation::get_attr(std::string_view) const;
template DType Operation::get_attr(std::string_view) const;
template Shape Operation::get_attr(std::string_view) const;
template Tensor Operation::get_attr(std::string_view) const;
template std::vector<std::string> Operation::get_attr(std::string_view) const;
template std::vector<int64_t> Operation::get_attr(std::string_view) const;
template std::vector<float> Operation::get_attr(std::string_view) const;
template std::vector<bool> Operation::get_attr(std::string_view) const;
template std::vector<DType> Operation::get_attr(std::string_view) const;
template std::vector<Shape> Operation::get_attr(std::string_view) const;

}  // namespace reflow
