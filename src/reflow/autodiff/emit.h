#pragma once

// The few ops that the reverse walk itself makes, as the Python functions of the same names make them: same nodes,
// same names, same order.

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "reflow/op/gradient.h"

namespace reflow::autodiff {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::Gradient;

// Makes the ops of gradient functions in a graph, under the calling thread's scopes.
class GraphEmitter : public op::GradEmitter {
 public:
  explicit GraphEmitter(Graph& graph) : graph_(graph) {}
  StatusOr<Node*> create(std::string_view type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs,
                         graph::CreateOptions options) override;

 private:
  Graph& graph_;
};

// tf.name_scope, while it lives.
class NameScope {
 public:
  NameScope(Graph& graph, std::string_view name);
  ~NameScope();
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;
  // The name of an op that is to be called as the scope: taken as it is.
  std::string op_name() const;

 private:
  Graph& graph_;
  std::string saved_;
};

// tf.device; "" merges nothing, `resets` is tf.device(None).
class DeviceScope {
 public:
  DeviceScope(Graph& graph, std::string spec, bool resets);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  Graph& graph_;
};

// tf.control_dependencies.
class ControlScope {
 public:
  ControlScope(Graph& graph, std::vector<Node*> inputs);
  ~ControlScope();
  ControlScope(const ControlScope&) = delete;
  ControlScope& operator=(const ControlScope&) = delete;

 private:
  Graph& graph_;
};

// Output 0 of a new op.
StatusOr<Endpoint> emit(Graph& graph, std::string_view type, std::vector<graph::OpInput> inputs,
                        graph::AttrMap attrs = {}, std::string name = "");
StatusOr<Endpoint> emit_constant(Graph& graph, Tensor value, std::string name = "Const");
// A scalar of `value` in `type`.
StatusOr<Tensor> scalar_of(DType type, double value);

// tf.shape: a Const where the shape is known.
StatusOr<Endpoint> emit_shape(Graph& graph, Endpoint x);
// tf.zeros of a shape that is a tensor.
StatusOr<Endpoint> emit_zeros(Graph& graph, Endpoint shape, DType type);
// tf.zeros or tf.ones, named so, of a shape that is a tensor, or of a known one.
StatusOr<Endpoint> emit_filled(Graph& graph, Endpoint shape, DType type, int value, std::string_view name);
StatusOr<Endpoint> emit_filled(Graph& graph, const Shape& shape, DType type, int value, std::string_view name);
// tf.zeros of a known shape, or tf.zeros_like(optimize=True) of a tensor with one.
StatusOr<Endpoint> emit_zeros(Graph& graph, const Shape& shape, DType type, std::string_view name = "zeros");
// variable_shape of a resource variable's handle: a Const where the shape is known.
StatusOr<Endpoint> emit_variable_shape(Graph& graph, Endpoint handle);
// Is it known to be the handle of a variable?
bool is_variable_handle(Endpoint handle);
// The type of the variable behind a handle, float where that isn't known; `shape` (may be null) gets its shape.
DType variable_type(Endpoint handle, Shape* shape);

// The tensor that `slices` are rows of, the others zero: UnsortedSegmentSum.
StatusOr<Endpoint> emit_dense(Graph& graph, const Gradient& slices, std::string name = "");
// tf.concat(values, axis=0).
StatusOr<Endpoint> emit_concat(Graph& graph, std::vector<Endpoint> values);
// tf.add_n of tensors and slices; one alone is itself.
StatusOr<Endpoint> emit_add_n(Graph& graph, const std::vector<Gradient>& values);
// tf.tuple: each gradient passes through an Identity that waits for all. Absent ones stay absent.
Status emit_tuple(Graph& graph, std::vector<Gradient>& values);

}  // namespace reflow::autodiff
