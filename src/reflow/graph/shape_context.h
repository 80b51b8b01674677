#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/node.h"

namespace reflow::graph {

// What a shape function sees: the input shapes, attributes and, where known, input values; and where it puts the output
// shapes. It serves two moments: building the graph (shapes may be partial) and planning or running, with concrete()
// shapes, where the same function gives what kernels receive. Helpers return Status with TensorFlow's texts.
class ShapeContext {
 public:
  // `values[i]` is the value of input i or null; `partial_values[i]` what is known of a vector input that is used as a
  // shape (constant_value_as_shape), else unknown. Spans may be empty.
  ShapeContext(const Node& node, std::span<const Shape> inputs, std::span<const Tensor* const> values,
               std::span<const Shape> partial_values, bool concrete);

  const Node& node() const { return node_; }
  // True when the op is about to run: input shapes are fully defined; error texts are those of TensorFlow's kernels.
  bool concrete() const { return concrete_; }

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const Shape& input(int i) const { return inputs_[i]; }
  // The value of input i where it is known, else null. Asking makes the op's output shapes depend on it.
  const Tensor* value(int i) {
    asked_values_ |= bit(i);
    return i < static_cast<int>(values_.size()) ? values_[i] : nullptr;
  }
  // Input i, an int32 or int64 vector, as a shape; unknown entries are -1, unknown length gives unknown rank. A value of
  // -1 is an unknown dimension. InvalidArgument: not a vector, or an entry below -1.
  Status value_as_shape(int i, Shape* shape);
  // Input i, an integer scalar. *known false: not known.
  Status value_as_int(int i, int64_t* value, bool* known);
  // Input i, an integer vector or scalar. *known false: not known.
  Status value_as_ints(int i, std::vector<int64_t>* values, bool* known);

  template <typename T>
  StatusOr<T> attr(std::string_view name) const { return node_.attr<T>(name); }
  template <typename T>
  T attr_or(std::string_view name, T otherwise) const {
    const AttrValue* v = node_.find_attr(name);
    const T* t = v ? v->get<T>() : nullptr;
    return t ? *t : otherwise;
  }

  int num_outputs() const { return static_cast<int>(outputs_.size()); }
  void set_output(int i, Shape shape) { outputs_[i] = std::move(shape); }
  const Shape& output(int i) const { return outputs_[i]; }
  std::vector<Shape>& outputs() { return outputs_; }
  bool used_values() const { return asked_values_ != 0 || asked_shapes_ != 0; }
  // Was the value of input i asked for; was it asked for as a shape.
  bool asked_value(int i) const { return asked_values_ & bit(i); }
  bool asked_shape(int i) const { return asked_shapes_ & bit(i); }

  // `shape` when it can have `rank`, with its rank made known.
  // InvalidArgument: "Shape must be rank {rank} but is rank {its rank}".
  Status with_rank(const Shape& shape, int rank, Shape* out) const;
  Status with_rank_at_least(const Shape& shape, int rank, Shape* out) const;
  Status with_rank_at_most(const Shape& shape, int rank, Shape* out) const;
  // InvalidArgument: "Dimension must be {size} but is {dim}".
  Status with_value(int64_t dim, int64_t size, int64_t* out) const;
  // What both say of a dimension. InvalidArgument: "Dimensions must be equal, but are {a} and {b}".
  Status merge_dim(int64_t a, int64_t b, int64_t* out) const;
  // What both say. InvalidArgument: "Shapes must be equal rank, but are {} and {}", "Dimension {i} in both shapes must
  // be equal, but are {} and {}. Shapes are {} and {}.".
  Status merge(const Shape& a, const Shape& b, Shape* out) const;
  // The dimensions `begin` to `end` (end excluded); negative ones count from the back; `end` beyond the rank is the rank.
  Status sub_shape(const Shape& shape, int begin, int end, Shape* out) const;
  Status concatenate(const Shape& a, const Shape& b, Shape* out) const;
  // `shape` with dimension i (negative: from the back) set to `size`. OutOfRange: "Out of range dim_index {}...".
  Status replace_dim(const Shape& shape, int i, int64_t size, Shape* out) const;
  // The size given by scalar input i, -1 when it isn't known.
  // InvalidArgument: "Dimension size, given by scalar input {}, must be non-negative but is {}".
  Status dim_from_scalar(int i, int64_t* out);
  // An axis given by scalar input i, made non-negative, for an input of `rank` (-1: unknown). -1: not known.
  // InvalidArgument: "Dimension size, given by scalar input {} must be in range [{}, {})".
  Status axis_from_scalar(int i, int rank, int64_t* out);

 private:
  const Node& node_;
  std::span<const Shape> inputs_;
  std::span<const Tensor* const> values_;
  std::span<const Shape> partial_values_;
  std::vector<Shape> outputs_;
  // Inputs from 63 on share a bit.
  static uint64_t bit(int i) { return uint64_t{1} << (i < 63 ? i : 63); }
  uint64_t asked_values_ = 0, asked_shapes_ = 0;
  bool concrete_;
};

// Arithmetic on dimensions, -1 being unknown. InvalidArgument on overflow.
Status add_dims(int64_t a, int64_t b, int64_t* out);
Status multiply_dims(int64_t a, int64_t b, int64_t* out);
// "Negative dimension size caused by subtracting {b} from {a}".
Status subtract_dims(int64_t a, int64_t b, int64_t* out);
// "Dimension size must be evenly divisible by {b} but is {a}", when it has to be.
Status divide_dim(int64_t a, int64_t b, bool evenly, int64_t* out);
// What the elements of `value`, an int32 or int64 vector, say of a shape: -1 is an unknown dimension.
Status shape_from_tensor(const Tensor& value, Shape* shape);

// What the shape of two broadcast operands is, NumPy's rules with unknown parts. Texts as TensorFlow: at build time
// "Dimensions must be equal, but are {} and {}", concrete "Incompatible shapes: [2,3] vs. [2,4]".
Status broadcast_shapes(ShapeContext& c, const Shape& a, const Shape& b, Shape* out);

// Common shape functions; usable as ShapeFn directly.
Status scalar_shape(ShapeContext& c);         // every output is a scalar
Status unknown_shape(ShapeContext& c);        // nothing is known of any output
Status no_outputs(ShapeContext& c);
Status unchanged_shape(ShapeContext& c);      // output 0 has the shape of input 0
Status broadcast_shape_fn(ShapeContext& c);   // of inputs 0 and 1
Status merged_shape_fn(ShapeContext& c);      // all inputs have one shape, which is output 0's

// Runs the op's shape function on `node` as its graph knows it, and stores the shapes in the node. The error has
// TensorFlow's ending: "... for 'MatMul' (op: 'MatMul') with input shapes: [3], [3,2].".
Status infer_shapes(Node* node);

// Evaluates constants for shape functions. Implemented above (op/), which knows kernels.
class ConstantEvaluator {
 public:
  virtual ~ConstantEvaluator() = default;
  // The value of `e` when it can be computed from constants and static shapes at little cost; else !valid().
  virtual Tensor evaluate(Endpoint e) = 0;
};
void set_constant_evaluator(ConstantEvaluator* evaluator);  // once, at start
// The value of `e`, with the evaluator set above; cheap for Const nodes. !valid(): not known.
Tensor constant_value(Endpoint e);
// What is known of vector `e` used as a shape: looks through Shape, Pack, ConcatV2, StridedSlice, Cast and Const.
// InvalidArgument: it can't be a shape.
StatusOr<Shape> constant_value_as_shape(Endpoint e);

}  // namespace reflow::graph
