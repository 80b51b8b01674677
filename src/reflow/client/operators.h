#pragma once

// Arithmetic on symbolic tensors and variables, as Python's operators: a + b makes AddV2 named "add"; a number beside a
// tensor takes the tensor's type. `==` says whether two handles are the same tensor, as in TensorFlow 1.

#include <concepts>

#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow {

template <typename T>
concept Symbolic = std::same_as<T, Output> || std::same_as<T, Variable> || std::same_as<T, Gradient>;

// Operands of an operator: at least one is symbolic.
template <typename A, typename B>
concept Operands = (Symbolic<A> || Symbolic<B>) && TensorArgument<A> && TensorArgument<B>;

namespace client {
// `op` is the op's type, `name` the operator's.
Output binary_operator(const char* op, const char* name, const TensorLike& x, const TensorLike& y);
Output compare(const char* op, const TensorLike& x, const TensorLike& y);
Output divide_operator(const TensorLike& x, const TensorLike& y);
Output xor_operator(const TensorLike& x, const TensorLike& y);
Output unary_operator(const char* op, const TensorLike& x);
}  // namespace client

template <typename A, typename B>
  requires Operands<A, B>
Output operator+(const A& a, const B& b) { return client::binary_operator("AddV2", "add", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator-(const A& a, const B& b) { return client::binary_operator("Sub", "sub", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator*(const A& a, const B& b) { return client::binary_operator("Mul", "mul", a, b); }
// Integers are made floats first, as Python's / does; see floordiv().
template <typename A, typename B>
  requires Operands<A, B>
Output operator/(const A& a, const B& b) { return client::divide_operator(a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator%(const A& a, const B& b) { return client::binary_operator("FloorMod", "mod", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator&(const A& a, const B& b) { return client::binary_operator("LogicalAnd", "and", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator|(const A& a, const B& b) { return client::binary_operator("LogicalOr", "or", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator^(const A& a, const B& b) { return client::xor_operator(a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator<(const A& a, const B& b) { return client::compare("Less", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator<=(const A& a, const B& b) { return client::compare("LessEqual", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator>(const A& a, const B& b) { return client::compare("Greater", a, b); }
template <typename A, typename B>
  requires Operands<A, B>
Output operator>=(const A& a, const B& b) { return client::compare("GreaterEqual", a, b); }
template <Symbolic A>
Output operator-(const A& a) { return client::unary_operator("Neg", a); }
template <Symbolic A>
Output operator~(const A& a) { return client::unary_operator("LogicalNot", a); }
template <Symbolic A>
Output operator!(const A& a) { return client::unary_operator("LogicalNot", a); }

}  // namespace reflow
