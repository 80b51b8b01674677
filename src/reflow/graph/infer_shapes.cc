#include <fmt/format.h>

#include "reflow/graph/function_call.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/shape_context.h"

namespace reflow::graph {
namespace {

// What the runtime puts behind the message of a shape function.
std::string error_context(const ShapeContext& c, std::span<const Tensor* const> values, std::span<const Shape> shapes) {
  constexpr int kMaxElements = 256;
  std::vector<std::string> inputs, as_values, as_shapes;
  for (int i = 0; i < c.num_inputs(); ++i) {
    inputs.push_back(c.input(i).known_rank() ? c.input(i).str() : "?");
    if (c.asked_shape(i) && i < static_cast<int>(shapes.size()) && shapes[i].known_rank()) {
      as_shapes.push_back(fmt::format("input[{}] = {}", i, shapes[i].str()));
    } else if (c.asked_value(i) && i < static_cast<int>(values.size()) && values[i]) {
      as_values.push_back(fmt::format("input[{}] = <{}>", i, values[i]->summarize(kMaxElements)));
    }
  }
  std::string text = fmt::format(" for '{}' (op: '{}') with input shapes: {}", c.node().name(), c.node().type(),
                                 fmt::join(inputs, ", "));
  if (!as_values.empty()) text += fmt::format(" and with computed input tensors: {}", fmt::join(as_values, ", "));
  if (!as_shapes.empty()) {
    text += fmt::format(" and with input tensors computed as partial shapes: {}", fmt::join(as_shapes, ","));
  }
  return text + ".";
}

}  // namespace

Status infer_shapes(Node* node) {
  const int num_outputs = node->num_outputs();
  constexpr int kFew = 8;
  Shape few[kFew];
  std::vector<Shape> many;
  const int n = node->num_inputs();
  if (n > kFew) many.resize(n);
  Shape* inputs = n > kFew ? many.data() : few;
  for (int i = 0; i < n; ++i) {
    if (const Endpoint& e = node->input(i)) inputs[i] = e.shape();
    else inputs[i] = Shape::unknown();
  }
  // Before names are looked up: definitions of functions have no shape function of their own.
  if (node->op().shape_fn == nullptr || node->type().ends_with("PartitionedCall")) {
    ASSIGN_OR_RETURN(auto results, shapes_of_call(*node, {inputs, static_cast<size_t>(n)}));
    for (int i = 0; results && i < num_outputs; ++i) node->set_output_shape(i, std::move((*results)[i]));
    if (results) return OkStatus();
  }
  if (node->op().shape_fn == nullptr) return OkStatus();  // outputs stay unknown

  // The function first runs without values; those that it asks for are then computed, until it asks for no other.
  std::vector<Tensor> tensors;
  std::vector<const Tensor*> values;
  std::vector<Shape> shapes;
  std::vector<char> tried_value, tried_shape;
  for (;;) {
    ShapeContext c(*node, {inputs, static_cast<size_t>(n)}, values, shapes, false);
    if (const Status status = node->op().shape_fn(c); !status.ok()) {
      return append_message(status, error_context(c, values, shapes));
    }
    bool again = false;
    if (c.used_values()) {
      if (tensors.empty()) {
        tensors.resize(n);
        values.resize(n);
        shapes.assign(n, Shape::unknown());
        tried_value.resize(n);
        tried_shape.resize(n);
      }
      for (int i = 0; i < n; ++i) {
        if (c.asked_value(i) && !tried_value[i]) {
          tried_value[i] = true;
          tensors[i] = constant_value(node->input(i));
          if (tensors[i].valid()) {
            values[i] = &tensors[i];
            again = true;
          }
        }
        if (c.asked_shape(i) && !tried_shape[i]) {
          tried_shape[i] = true;
          auto shape = constant_value_as_shape(node->input(i));
          if (!shape.ok()) return shape.status();  // of another op, or of no shape function
          shapes[i] = *std::move(shape);
          again = again || shapes[i].known_rank();
        }
      }
    }
    if (again) continue;
    for (int i = 0; i < num_outputs; ++i) node->set_output_shape(i, std::move(c.outputs()[i]));
    return OkStatus();
  }
}

}  // namespace reflow::graph
