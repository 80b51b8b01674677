#include "reflow/client/grid_ops.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"

namespace reflow {

using client::apply_op;
using client::convert;

std::vector<Output> meshgrid(const TensorList& args, const MeshgridOptions& options) {
  if (options.indexing != "xy" && options.indexing != "ij") {
    throw ValueError("indexing parameter must be either 'xy' or 'ij'");
  }
  const name_scope scope(options.name.empty() ? "meshgrid" : options.name);
  const size_t n = args.size();
  if (n == 0) return {};
  std::vector<Output> grids;
  for (size_t i = 0; i < n; ++i) {
    std::vector<int32_t> dims(n, 1);
    dims[i] = -1;
    const TensorLike::List* list = args[i].list();
    const Output row = list ? stack(TensorList(list->begin(), list->end())) : convert(args[i], DType::kInvalid, "");
    grids.push_back(reshape(row, dims));
  }
  TensorList sizes;
  for (const TensorLike& arg : args) sizes.push_back(size(arg));
  const DType type = base_type(convert(args[0], DType::kInvalid, "").dtype());
  if (options.indexing == "xy" && n > 1) {
    std::vector<int32_t> first(n, 1), second(n, 1);
    first[1] = -1;
    second[0] = -1;
    grids[0] = reshape(grids[0], first);
    grids[1] = reshape(grids[1], second);
    std::swap(sizes[0], sizes[1]);
  }
  const Output whole = ones(TensorLike(sizes), {.dtype = type});
  for (Output& grid : grids) grid = grid * whole;
  return grids;
}

namespace {

// `x` with a dimension of `count` behind dimension `axis`, along which it is the same.
Output repeated_behind(const Output& x, int axis, const Output& count) {
  const Output expanded = expand_dims(x, axis + 1);
  TensorList multiples(x.shape().rank() + 1, 1);
  multiples[axis + 1] = count;
  return tile(expanded, multiples);
}

}  // namespace

Output repeat(const TensorLike& input_like, const TensorLike& repeats_like, const RepeatOptions& options) {
  TensorLike flattened = input_like;
  int64_t axis = 0;
  if (options.axis.is_none()) flattened = reshape(input_like, {-1});
  else if (const auto* number = std::get_if<int64_t>(&options.axis.value())) axis = *number;
  else throw TypeError("repeat: axis must be an integer");
  const name_scope scope(options.name, "Repeat");
  Output input = convert(flattened, DType::kInvalid, "data");
  const auto count_type = [](const Output& x) {
    return base_type(x.dtype()) == DType::kInt64 ? DType::kInt64 : DType::kInt32;
  };
  const Output given = convert(repeats_like, DType::kInvalid, "repeats");
  Output repeats = client::apply_op("Cast", "", {given}, {{"DstT", count_type(given)}});
  const int input_rank = input.shape().rank();
  if (input_rank < 0) throw ValueError("repeat needs a tensor of known rank");
  if (input_rank == 0) input = reshape(input, {-1});
  const int used_rank = input.shape().rank();
  if (axis < -used_rank || axis >= used_rank) {
    throw ValueError(fmt::format("axis={} out of bounds: expected {}<=axis<{}", axis, -used_rank, used_rank));
  }
  const int d = static_cast<int>(axis < 0 ? axis + used_rank : axis);
  const Output dims = shape(input);
  if (repeats.shape().rank() == 0) {
    const Output tiled = repeated_behind(input, d, repeats);
    const Output before = dims[Slice({}, d)];
    const Output after = dims[Slice(d + 1, {})];
    return reshape(tiled, concat(TensorList{before, {-1}, after}, 0));
  }
  // A mask over [.., n, longest] says which of the copies are wanted.
  if (repeats.shape().rank() != 1) throw ValueError("repeat: repeats must be a scalar or a vector");
  if (d > 0) {
    const Output repeats_dims = shape(repeats);
    const Output outer = dims[Slice({}, (d + 1) - rank(repeats))];
    repeats = broadcast_to(repeats, concat(TensorList{outer, repeats_dims}, 0));
    repeats.set_shape(Shape::unknown_of_rank(d + 1));
  }
  const Output longest = maximum(0, reduce_max(repeats));
  const Output mask = sequence_mask(repeats, {.maxlen = longest});
  const Output tiled = repeated_behind(input, d, longest);
  Output result = boolean_mask(tiled, mask);
  if (d > 0) {
    const Output before = dims[Slice({}, d)];
    const Output after = dims[Slice(d + 1, {})];
    result = reshape(result, concat(TensorList{before, {-1}, after}, 0));
  }
  Shape known = input.shape();
  known.set_dim(d, -1);
  result.set_shape(known);
  return result;
}

Output searchsorted(const TensorLike& sorted_sequence, const TensorLike& values, const SearchsortedOptions& options) {
  const Output sequence_dims = shape(sorted_sequence);
  const Output sequence_size = sequence_dims[-1];
  const Output values_dims = shape(values);
  const Output values_size = values_dims[-1];
  const Output rows = reshape(sorted_sequence, {-1, sequence_size});
  const Output value_rows = reshape(values, {-1, values_size});
  if (options.side != "left" && options.side != "right") {
    throw ValueError("side must be either 'right' or 'left'.  Saw: " + options.side + ".");
  }
  const Output places = apply_op(options.side == "right" ? "UpperBound" : "LowerBound", options.name,
                                 {rows, value_rows}, {{"out_type", options.out_type}});
  return reshape(places, shape(values));
}

Output batch_gather(const TensorLike& params_like, const TensorLike& indices_like, const NameOptions& options) {
  const name_scope scope(options.name, "BatchGather");
  Output indices = convert(indices_like, DType::kInvalid, "indices");
  const Output params = convert(params_like, DType::kInvalid, "params");
  const Output indices_dims = shape(indices);
  const Output params_dims = shape(params);
  const int rank = indices.shape().rank();
  if (rank < 0) throw ValueError("batch_gather does not allow indices with unknown shape.");
  const DType type = base_type(indices.dtype());
  Output stride = ones(TensorLike(Shape{}), {.dtype = type});
  const Output sizes = apply_op("Cast", "", {params_dims}, {{"DstT", type}});
  for (int d = rank - 1; d > 0; --d) {
    const Output size_here = sizes[d - 1];
    stride = stride * sizes[d];
    const Output start = zeros(TensorLike(Shape{}), {.dtype = type});
    const Output step = ones(TensorLike(Shape{}), {.dtype = type});
    const Output positions = apply_op("Range", "", {start, size_here, step});
    const Output offsets = positions * stride;
    TensorList around(rank, 1);
    around[d - 1] = size_here;
    indices = indices + reshape(offsets, stack(around));
  }
  const Output flat_indices = reshape(indices, {-1});
  const Output inner = params_dims[Slice(rank, {})];
  const Output outer_size = reduce_prod(params_dims[Slice({}, rank)], {0});
  const Output flat = reshape(params, concat(TensorList{{outer_size}, inner}, 0));
  const Output rows = gather(flat, flat_indices);
  return reshape(rows, concat(TensorList{indices_dims, inner}, 0));
}

}  // namespace reflow
