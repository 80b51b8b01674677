#include <algorithm>
#include <map>
#include <memory>

#include "reflow/graph/shape_context.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/op/memory_errors.h"

namespace reflow::op {

Status concrete_output_shapes(const Node& node, std::span<const Shape> input_shapes,
                              std::span<const Tensor* const> values, std::vector<Shape>* shapes, bool* used_values) {
  ShapeContext context(node, input_shapes, values, {}, /*concrete=*/true);
  if (node.op().shape_fn != nullptr) RETURN_IF_ERROR(node.op().shape_fn(context));
  *used_values = context.used_values();
  *shapes = std::move(context.outputs());
  return OkStatus();
}

StatusOr<std::vector<Tensor>> evaluate(const Node& node, std::span<const Tensor> inputs) {
  ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel, make_kernel(node, nullptr, nullptr));
  std::vector<Shape> input_shapes, output_shapes;
  std::vector<const Tensor*> values;
  std::vector<Value> input_values(inputs.size()), outputs(node.num_outputs());
  std::vector<Value*> input_pointers;
  for (size_t i = 0; i < inputs.size(); ++i) {
    input_shapes.push_back(inputs[i].shape());
    values.push_back(&inputs[i]);
    input_values[i].tensor = inputs[i];
    input_pointers.push_back(&input_values[i]);
  }
  bool used_values;
  RETURN_IF_ERROR(concrete_output_shapes(node, input_shapes, values, &output_shapes, &used_values));

  // Folding happens while a graph is built or compiled, on the caller's thread.
  static ThreadPool* single = new ThreadPool(1);
  RunEnv env;
  env.pool = single;
  KernelContext context(&env, &node, input_pointers.data(), static_cast<int>(inputs.size()), outputs.data(),
                        node.num_outputs());
  if (!KernelRegistry::global().traits(node.type()).sets_outputs) {
    for (int i = 0; i < node.num_outputs(); ++i) {
      if (!output_shapes[i].fully_defined()) continue;
      RETURN_IF_ERROR(context.allocate_output(i, output_shapes[i]));
    }
  }
  RETURN_IF_ERROR(with_memory_errors([&] { return kernel->compute(context); }));
  std::vector<Tensor> results;
  for (Value& value : outputs) results.push_back(std::move(value.tensor));
  return results;
}

namespace {

// Computes constants for shape functions from Const nodes, static shapes and small stateless ops over them.
class SmallConstants : public ConstantEvaluator {
 public:
  Tensor evaluate(Endpoint e) override {
    Outputs known;
    return value_of(e, &known);
  }

 private:
  static constexpr size_t kMaxNodes = 64;
  static constexpr int64_t kMaxElements = 1024;

  // What was computed on the way: empty where it isn't known.
  using Outputs = std::map<const Node*, std::vector<Tensor>>;

  static Tensor value_of(Endpoint e, Outputs* known) {
    if (e.node->num_outputs() <= e.index) return {};
    // Nodes count from when they are entered, so that deep graphs don't exhaust the stack and loops end.
    const bool full = known->size() >= kMaxNodes;
    const auto [it, entered] = known->try_emplace(e.node);
    if (entered && !full) it->second = values_of(e, known);
    return it->second.empty() ? Tensor() : it->second[e.index];
  }

  static std::vector<Tensor> values_of(Endpoint e, Outputs* known) {
    Node& node = *e.node;
    if (node.op().is_stateful) return {};
    if (is_ref(node.output_type(e.index))) return {};
    if (node.type() == "Const") {
      const AttrValue* value = node.find_attr("value");
      const Tensor* tensor = value ? value->get<Tensor>() : nullptr;
      return tensor ? std::vector{*tensor} : std::vector<Tensor>();
    }
    const KernelRegistry& registry = KernelRegistry::global();
    const OpTraits& traits = registry.traits(node.type());
    // Placeholders have no inputs, and no value.
    if (node.num_inputs() == 0 || traits.control != ControlKind::kNone || traits.blocking) return {};
    const Shape& shape = node.output_shape(e.index);
    if (shape.fully_defined() && shape.num_elements() > kMaxElements) return {};
    if (node.type() == "PlaceholderWithDefault" || !registry.has_kernel(node, kCpu)) return {};
    std::vector<Tensor> inputs;
    for (const Endpoint& input : node.inputs()) {
      if (traits.value_from_shapes) {
        // Only the shape is looked at: a tensor without memory will do.
        if (!input.shape().fully_defined()) return {};
        inputs.emplace_back(base_type(input.dtype()), input.shape(), BufferRef(), nullptr);
      } else {
        inputs.push_back(value_of(input, known));
      }
      if (!inputs.back().valid()) return {};
    }
    auto outputs = op::evaluate(node, inputs);
    return outputs.ok() ? *std::move(outputs) : std::vector<Tensor>();
  }
};

[[maybe_unused]] const bool registered = [] {
  set_constant_evaluator(new SmallConstants);
  return true;
}();

}  // namespace
}  // namespace reflow::op
