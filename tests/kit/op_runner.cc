#include "tests/kit/op_runner.h"

#include <gtest/gtest.h>

#include "reflow/graph/node_builder.h"
#include "reflow/op/kernel_registry.h"
#include "tests/kit/graph_values.h"

namespace reflow::testing {

using graph::Endpoint;
using graph::Node;

namespace {

Endpoint source_of(graph::Graph& graph, const OpRunner::Input& input) {
  if (const auto* tensor = std::get_if<Tensor>(&input)) {
    return *make_placeholder(graph, tensor->dtype(), tensor->shape());
  }
  if (const auto* nothing = std::get_if<OpRunner::Nothing>(&input)) {
    return *make_placeholder(graph, nothing->type, Shape::unknown());
  }
  op::Variable* variable = std::get<op::Variable*>(input);
  const Shape shape = variable->tensor.valid() ? variable->tensor.shape() : Shape::unknown();
  auto node = graph::create_op(graph, "VariableV2", {}, {{"dtype", variable->dtype}, {"shape", shape}});
  return (*node)->output(0);
}

}  // namespace

OpRunner::OpRunner(std::string_view type, std::vector<Input> inputs, graph::AttrMap attrs, op::Device* device,
                   int num_threads)
    : inputs_(std::move(inputs)),
      pool_(num_threads),
      own_device_(std::make_unique<op::Device>("/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_)),
      device_(device ? device : own_device_.get()) {
  const graph::OpDef* op = graph::OpRegistry::global().find(type);
  if (op == nullptr) {
    ADD_FAILURE() << "no op " << type;
    return;
  }
  std::vector<Endpoint> sources;
  for (const Input& input : inputs_) sources.push_back(source_of(graph_, input));
  std::vector<graph::OpInput> arguments;
  size_t next = 0;
  for (size_t a = 0; a < op->inputs.size(); ++a) {
    const size_t behind = op->inputs.size() - a - 1;
    const size_t n = op->inputs[a].is_list() ? sources.size() - next - behind : 1;
    if (op->inputs[a].is_list()) {
      arguments.emplace_back(std::vector<Endpoint>(sources.begin() + next, sources.begin() + next + n));
    } else {
      arguments.emplace_back(sources.at(next));
    }
    next += n;
  }
  auto node = graph::create_op(graph_, type, std::move(arguments), std::move(attrs));
  EXPECT_TRUE(node.ok()) << node.status();
  if (!node.ok()) return;
  node_ = *node;
  outputs_.resize(node_->num_outputs());
  auto kernel = op::make_kernel(*node_, device_, nullptr);
  EXPECT_TRUE(kernel.ok()) << kernel.status();
  if (kernel.ok()) kernel_ = *std::move(kernel);
}

OpRunner::~OpRunner() = default;

Status OpRunner::run() {
  if (kernel_ == nullptr) return internal_error("there is no kernel");
  std::vector<op::Value> slots(inputs_.size());
  std::vector<op::Value*> pointers;
  std::vector<Shape> input_shapes;
  std::vector<const Tensor*> values;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const bool missing = std::holds_alternative<Nothing>(inputs_[i]);
    if (auto* tensor = std::get_if<Tensor>(&inputs_[i])) slots[i].tensor = *tensor;
    if (auto** variable = std::get_if<op::Variable*>(&inputs_[i])) slots[i].ref = *variable;
    pointers.push_back(missing ? nullptr : &slots[i]);
    const bool known = !missing && slots[i].get().valid();
    input_shapes.push_back(known ? slots[i].get().shape() : Shape::unknown());
    values.push_back(known ? &slots[i].get() : nullptr);
  }
  op::RunEnv env;
  env.device = device_;
  env.pool = &pool_;
  env.step_resources = step_resources_;
  op::KernelContext c(&env, node_, pointers.data(), static_cast<int>(pointers.size()), outputs_.data(),
                      static_cast<int>(outputs_.size()));
  if (!op::KernelRegistry::global().traits(node_->type()).sets_outputs) {
    std::vector<Shape> shapes;
    bool used_values;
    RETURN_IF_ERROR(op::concrete_output_shapes(*node_, input_shapes, values, &shapes, &used_values));
    for (size_t i = 0; i < shapes.size(); ++i) {
      if (shapes[i].fully_defined()) RETURN_IF_ERROR(c.allocate_output(static_cast<int>(i), shapes[i]));
    }
  }
  const Status status = kernel_->compute(c);
  dead_outputs_ = c.dead_outputs();
  return status;
}

}  // namespace reflow::testing
