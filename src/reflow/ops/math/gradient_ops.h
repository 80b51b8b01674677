#pragma once

// What the gradients of this folder have in common: they make the nodes that TensorFlow's do, with their names and in
// their order.

#include <string>
#include <string_view>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {

using namespace ::reflow::op;

// Ops made while it lives run after dL/dy(0): what they compute isn't kept in memory from the forward pass on.
class AfterDy {
 public:
  explicit AfterDy(GradContext& g);
  ~AfterDy();
  AfterDy(const AfterDy&) = delete;

 private:
  GradContext& g_;
  bool pushed_ = false;
};

// `a` op `b` where one of them is a number, of the type of the other: the op is named `name`, its constant "name/x" or
// "name/y".
Endpoint binary_with_constant(GradContext& g, std::string_view type, Endpoint a, double b, std::string_view name);
Endpoint binary_with_constant(GradContext& g, std::string_view type, double a, Endpoint b, std::string_view name);

// The operator * of Python, whose nodes are called "mul", and others in the same way.
inline Endpoint mul(GradContext& g, Endpoint a, Endpoint b) { return g.op("Mul", {a, b}, {}, "mul"); }
inline Endpoint mul(GradContext& g, Endpoint a, double b) { return binary_with_constant(g, "Mul", a, b, "mul"); }
inline Endpoint mul(GradContext& g, double a, Endpoint b) { return binary_with_constant(g, "Mul", a, b, "mul"); }
inline Endpoint add(GradContext& g, Endpoint a, Endpoint b) { return g.op("AddV2", {a, b}, {}, "add"); }
inline Endpoint add(GradContext& g, double a, Endpoint b) { return binary_with_constant(g, "AddV2", a, b, "add"); }
inline Endpoint sub(GradContext& g, Endpoint a, Endpoint b) { return g.op("Sub", {a, b}, {}, "sub"); }
inline Endpoint sub(GradContext& g, Endpoint a, double b) { return binary_with_constant(g, "Sub", a, b, "sub"); }
inline Endpoint truediv(GradContext& g, Endpoint a, Endpoint b) { return g.op("RealDiv", {a, b}, {}, "truediv"); }

// An op whose last input is a constant vector: "name/input_name".
Endpoint with_constant_ints(GradContext& g, std::string_view type, Endpoint a, const std::vector<int64_t>& values,
                            std::string_view input_name);

// Zeros of the shape `shape` (a vector), as tf.zeros makes them of a tensor.
Endpoint zeros(GradContext& g, Endpoint shape, DType type);

// The gradients of both operands of a broadcasting op, from those of its result's shape: summed over the dimensions
// along which an operand was repeated.
class BroadcastGradients {
 public:
  // Makes Shape, Shape_1 and BroadcastGradientArgs.
  explicit BroadcastGradients(GradContext& g);
  BroadcastGradients(GradContext& g, Endpoint x, Endpoint y);
  // BroadcastGradientArgs later than the shapes.
  struct Later {};
  BroadcastGradients(GradContext& g, Later);
  void make_args();
  // Sum and Reshape of the gradient of operand i.
  Endpoint reduce(int i, Endpoint full);

 private:
  GradContext& g_;
  Endpoint shape_[2], axes_[2];
};

// The same with less nodes where the shapes are known: one BroadcastGradientArgs in a graph for each pair of shapes, and
// no Sum and Reshape of an operand that has the shape of dy.
class StaticBroadcastGradients {
 public:
  explicit StaticBroadcastGradients(GradContext& g);
  // Sum and Reshape, or nothing.
  Endpoint reduce(int i, Endpoint full);

 private:
  GradContext& g_;
  bool known_ = false, needs_[2] = {true, true};
  Endpoint shape_[2], axes_[2];
  std::vector<int64_t> static_shape_[2], static_axes_[2];
};

// All shapes are known and equal: x, y and dy.
bool all_shapes_equal(GradContext& g);

}  // namespace reflow::ops
