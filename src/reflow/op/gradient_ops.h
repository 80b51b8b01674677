#pragma once

// What the gradients of ops have in common: they make the nodes that TensorFlow's do, with their names and in their order.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/op/gradient.h"

namespace reflow::op {

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
// tf.matmul: a MatMul of two matrices, else a BatchMatMulV2; an adjoint is transposed and conjugated.
Endpoint matmul(GradContext& g, Endpoint a, Endpoint b, bool adjoint_a = false, bool adjoint_b = false);
// tf.linalg.adjoint: the matrices in the last two dimensions transposed and conjugated.
Endpoint adjoint(GradContext& g, Endpoint x);
inline Endpoint truediv(GradContext& g, Endpoint a, Endpoint b) { return g.op("RealDiv", {a, b}, {}, "truediv"); }

// A constant scalar "name" of type int32.
inline Endpoint constant_int(GradContext& g, int32_t value, std::string name) {
  return g.constant_tensor(Tensor::scalar(value), std::move(name));
}

// Attributes of the op whose gradient is made, for an op of the gradient that has them too.
AttrMap copied_attrs(GradContext& g, std::initializer_list<const char*> names);

// Zeros of the shape `shape` (a vector), as tf.zeros makes them of a tensor.
Endpoint zeros(GradContext& g, Endpoint shape, DType type);

}  // namespace reflow::op
