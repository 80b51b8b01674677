// concat, stack, split and unstack.

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

void check_axis(int axis, int rank) {
  if (axis < -rank || axis >= rank) throw ValueError(fmt::format("axis = {} not in [{}, {})", axis, -rank, rank));
}

}  // namespace

Output concat(const TensorList& values, const TensorLike& axis, const NameOptions& options) {
  if (values.size() != 1) return apply_op("ConcatV2", options.name, {TensorLike(values), axis});
  const name_scope scope(options.name);
  const Output dim = convert(axis, DType::kInt32, "concat_dim");
  if (dim.shape().rank() > 0) {
    throw ValueError(fmt::format("Shapes {} and () are incompatible", client::python_shape(dim.shape())));
  }
  return identity(values[0], options);
}

Output stack(const TensorList& values, const AxisOptions& options) {
  const std::string name = options.name.empty() ? "stack" : options.name;
  if (options.axis == 0) {
    try {
      return convert(TensorLike(values), DType::kInvalid, name);
    } catch (const TypeError&) {
    } catch (const ValueError&) {
    }  // the op's own error says more
  }
  if (!values.empty()) {
    const Output first = convert(values[0], DType::kInvalid, name);
    if (first.shape().known_rank()) check_axis(options.axis, first.shape().rank() + 1);
  }
  return apply_op("Pack", name, {TensorLike(values)}, {{"axis", options.axis}});
}

Output parallel_stack(const TensorList& values, const NameOptions& options) {
  const name_scope scope(options.name);
  TensorList expanded;
  Shape shape;
  for (const TensorLike& value : values) {
    const Output tensor = convert(value, DType::kInvalid, "");
    shape = tensor.shape();
    expanded.push_back(expand_dims(tensor, 0));
  }
  if (shape.known_rank()) shape.insert_dim(0, static_cast<int64_t>(values.size()));
  return apply_op("ParallelConcat", "", {TensorLike(expanded)}, {{"shape", shape}});
}

std::vector<Output> unstack(const TensorLike& value, const UnstackOptions& options) {
  const Output x = convert(value, DType::kInvalid, "");
  int64_t num = options.num.value_or(-1);
  if (!options.num && x.shape().known_rank()) {
    check_axis(options.axis, x.shape().rank());
    num = x.shape().dim(options.axis < 0 ? options.axis + x.shape().rank() : options.axis);
  }
  if (num < 0) throw ValueError("Cannot infer num from shape " + client::python_shape(x.shape()));
  return client::all_outputs(client::make_op("Unpack", options.name, {x}, {{"num", num}, {"axis", options.axis}}));
}

std::vector<Output> split(const TensorLike& value, const TensorLike& num_or_size_splits, const SplitOptions& options) {
  const Output sizes = convert(num_or_size_splits, DType::kInvalid, "");
  if (const auto* count = std::get_if<int64_t>(&num_or_size_splits.value())) {
    return client::all_outputs(client::make_op("Split", options.name, {options.axis, value}, {{"num_split", *count}}));
  }
  int64_t num = options.num.value_or(-1);
  if (!options.num && sizes.shape().rank() > 0) num = sizes.shape().dim(0);
  if (num < 0) throw ValueError("Cannot infer num from shape " + client::describe(num_or_size_splits));
  return client::all_outputs(
      client::make_op("SplitV", options.name, {value, sizes, options.axis}, {{"num_split", num}}));
}

}  // namespace reflow
