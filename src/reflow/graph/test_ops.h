#pragma once

// Ops for the tests of graph/, which knows no real ones.

#include <stdexcept>
#include <string>
#include <vector>

#include "reflow/graph/node_builder.h"
#include "reflow/graph/shape_context.h"

namespace reflow::graph {

struct TestOp {
  std::string name;
  std::vector<std::string> attrs, inputs, outputs;
  ShapeFn shape_fn = unknown_shape;
  bool is_stateful = false;
};

// Registers the op unless there is one of the name.
inline const OpDef* ensure_op(const TestOp& test) {
  if (const OpDef* op = OpRegistry::global().find(test.name)) return op;
  OpDef def;
  def.name = test.name;
  def.shape_fn = test.shape_fn;
  def.is_stateful = test.is_stateful;
  const auto check = [](const Status& status) {
    if (!status.ok()) throw std::runtime_error(status.ToString());
  };
  for (const auto& spec : test.attrs) check(parse_attr(spec, &def.attrs.emplace_back()));
  for (const auto& spec : test.inputs) check(parse_arg(spec, def.attrs, &def.inputs.emplace_back()));
  for (const auto& spec : test.outputs) check(parse_arg(spec, def.attrs, &def.outputs.emplace_back()));
  return *OpRegistry::global().add(std::move(def));
}

inline Status test_shape_from_attr(ShapeContext& c) {
  c.set_output(0, c.attr_or("shape", Shape::unknown()));
  return OkStatus();
}

inline Status test_reshape_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(1, &shape));
  if (shape.known_rank() && shape.rank() == 3) return invalid_argument("Three dimensions");
  c.set_output(0, shape);
  return OkStatus();
}

inline Status test_axis_shape(ShapeContext& c) {
  int64_t axis;
  return c.axis_from_scalar(1, c.input(0).rank(), &axis);
}

inline void ensure_test_ops() {
  ensure_op({.name = "TestSource", .attrs = {"dtype: type", "shape: shape = { unknown_rank: true }"}, .inputs = {}, .outputs = {"output: dtype"}, .shape_fn = test_shape_from_attr});
  ensure_op({.name = "TestAdd", .attrs = {"T: {float, double, int32}"}, .inputs = {"x: T", "y: T"}, .outputs = {"z: T"}, .shape_fn = broadcast_shape_fn});
  ensure_op({.name = "TestCos", .attrs = {"T: {float, double}"}, .inputs = {"x: T"}, .outputs = {"y: T"}, .shape_fn = unchanged_shape});
  ensure_op({.name = "TestNot", .attrs = {}, .inputs = {"x: bool"}, .outputs = {"y: bool"}, .shape_fn = unchanged_shape});
  ensure_op({.name = "TestStack", .attrs = {"N: int >= 1", "T: type"}, .inputs = {"values: N * T"}, .outputs = {"output: T"}});
  ensure_op({.name = "TestMany", .attrs = {"T: list(type) >= 1"}, .inputs = {"x: T"}, .outputs = {"y: T"}});
  ensure_op({.name = "TestVariable", .attrs = {"dtype: type", "shape: shape", "container: string = ''"}, .inputs = {}, .outputs = {"ref: Ref(dtype)"}, .shape_fn = test_shape_from_attr, .is_stateful = true});
  ensure_op({.name = "TestAssign", .attrs = {"T: type"}, .inputs = {"ref: Ref(T)", "value: T"}, .outputs = {"output_ref: Ref(T)"}, .shape_fn = merged_shape_fn});
  ensure_op({.name = "TestConv", .attrs = {"strides: list(int) >= 2", "padding: {'SAME', 'VALID'}", "alpha: float = 0.2"}, .inputs = {"x: float"}, .outputs = {"y: float"}});
  ensure_op({.name = "TestReshape", .attrs = {"T: type"}, .inputs = {"x: T", "shape: int32"}, .outputs = {"y: T"}, .shape_fn = test_reshape_shape});
  ensure_op({.name = "TestAxis", .attrs = {"T: type"}, .inputs = {"x: T", "axis: int32"}, .outputs = {"y: T"}, .shape_fn = test_axis_shape});
  ensure_op({.name = "NoOp", .attrs = {}, .inputs = {}, .outputs = {}, .shape_fn = no_outputs});
  ensure_op({.name = "Const", .attrs = {"value: tensor", "dtype: type"}, .inputs = {}, .outputs = {"output: dtype"}, .shape_fn = [](ShapeContext& c) {
    c.set_output(0, c.attr_or("value", Tensor()).shape());
    return OkStatus();
  }});
  ensure_op({.name = "Identity", .attrs = {"T: type"}, .inputs = {"input: T"}, .outputs = {"output: T"}, .shape_fn = unchanged_shape});
  ensure_op({.name = "Shape", .attrs = {"T: type", "out_type: {int32, int64} = DT_INT32"}, .inputs = {"input: T"}, .outputs = {"output: out_type"}});
  ensure_op({.name = "Pack", .attrs = {"N: int >= 1", "T: type", "axis: int = 0"}, .inputs = {"values: N * T"}, .outputs = {"output: T"}, .shape_fn = [](ShapeContext& c) {
    c.set_output(0, {c.num_inputs()});
    return OkStatus();
  }});
  ensure_op({.name = "Switch", .attrs = {"T: type"}, .inputs = {"data: T", "pred: bool"}, .outputs = {"output_false: T", "output_true: T"}});
  ensure_op({.name = "RefSwitch", .attrs = {"T: type"}, .inputs = {"data: Ref(T)", "pred: bool"}, .outputs = {"output_false: Ref(T)", "output_true: Ref(T)"}});
  ensure_op({.name = "Merge", .attrs = {"T: type", "N: int >= 1"}, .inputs = {"inputs: N * T"}, .outputs = {"output: T", "value_index: int32"}});
  ensure_op({.name = "NextIteration", .attrs = {"T: type"}, .inputs = {"data: T"}, .outputs = {"output: T"}});
}

// A graph with short ways to make nodes of these ops.
class TestGraph : public Graph {
 public:
  TestGraph() { ensure_test_ops(); }
  Node* make(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs = {}, std::string name = "") {
    CreateOptions options;
    options.name = std::move(name);
    auto node = create_op(*this, type, std::move(inputs), std::move(attrs), std::move(options));
    if (!node.ok()) throw std::runtime_error(node.status().ToString());
    return *node;
  }
  std::string error(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs = {}) {
    const auto node = create_op(*this, type, std::move(inputs), std::move(attrs));
    return node.ok() ? "" : std::string(message_of(node.status()));
  }
  Endpoint source(DType type = DType::kFloat32, Shape shape = {}, std::string name = "") {
    return make("TestSource", {}, {{"dtype", type}, {"shape", std::move(shape)}}, std::move(name))->output(0);
  }
  Endpoint variable(Shape shape = {}, std::string name = "v") {
    return make("TestVariable", {}, {{"dtype", DType::kFloat32}, {"shape", std::move(shape)}}, std::move(name))->output(0);
  }
  Endpoint constant(Tensor value) { return make("Const", {}, {{"dtype", value.dtype()}, {"value", value}})->output(0); }
};

}  // namespace reflow::graph
