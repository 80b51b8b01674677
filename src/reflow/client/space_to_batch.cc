#include "reflow/client/space_to_batch.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {
namespace {

Tensor int32_tensor(const std::vector<int64_t>& values, const Shape& shape) {
  Tensor tensor(DType::kInt32, shape);
  std::transform(values.begin(), values.end(), tensor.data<int32_t>(), [](int64_t x) { return static_cast<int32_t>(x); });
  return tensor;
}

Tensor pairs(const std::vector<int64_t>& values) {
  return int32_tensor(values, Shape{static_cast<int64_t>(values.size()) / 2, 2});
}

// What makes a dilated filter of `size` cover its input: more at the end where it is odd.
void append_same_padding(int64_t size, int64_t rate, std::vector<int64_t>& paddings) {
  const int64_t extra = size + (size - 1) * (rate - 1) - 1;
  paddings.push_back(extra / 2);
  paddings.push_back(extra - extra / 2);
}

struct Paddings {
  TensorLike paddings, crops;
};

// `rows` behind the rows of dimensions that aren't spatial, which have `fill`.
std::vector<int64_t> behind_filled_rows(const std::vector<int64_t>& rows, int first_dim, int64_t fill, int row_size) {
  std::vector<int64_t> all(static_cast<size_t>((first_dim - 1) * row_size), fill);
  all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

// The paddings that make each size a multiple of its block, and what is to be cut off afterwards.
Paddings known_paddings(const std::vector<int64_t>& sizes, const std::vector<int64_t>& rate,
                        const std::vector<int64_t>& base, int first_dim) {
  std::vector<int64_t> paddings, crops;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t full = sizes[i] + base[2 * i] + base[2 * i + 1];
    const int64_t extra = (rate[i] - full % rate[i]) % rate[i];
    paddings.insert(paddings.end(), {base[2 * i], base[2 * i + 1] + extra});
    crops.insert(crops.end(), {0, extra});
  }
  constant(pairs(paddings), {.name = "paddings"});
  constant(pairs(crops), {.name = "crops"});
  return {pairs(behind_filled_rows(paddings, first_dim, 0, 2)), pairs(behind_filled_rows(crops, first_dim, 0, 2))};
}

Paddings computed_paddings(const Output& sizes, const Output& rate, const Output& base, int count) {
  const Output start = slice_by(base, std::vector<Index>{Slice(), 0});
  const Output given_end = slice_by(base, std::vector<Index>{Slice(), 1});
  const Output full = sizes + start + given_end;
  const Output extra = (rate - full % rate) % rate;
  const Output end = given_end + extra;
  TensorList paddings, crops;
  for (int i = 0; i < count; ++i) {
    const Output first = start[i];
    const Output last = end[i];
    paddings.push_back(TensorLike{first, last});
  }
  const Output all_paddings = stack(paddings, {.name = "paddings"});
  for (int i = 0; i < count; ++i) crops.push_back(TensorLike{0, extra[i]});
  return {all_paddings, stack(crops, {.name = "crops"})};
}

// Rows of a tensor behind those of dimensions that aren't spatial.
Output behind_zero_rows(const Output& rows, int first_dim, int count) {
  const Output spatial = slice_by(rows, std::vector<Index>{Slice(0, count)});
  if (first_dim == 1) return concat({spatial}, 0);
  return concat({pairs(std::vector<int64_t>(static_cast<size_t>(2 * (first_dim - 1)), 0)), spatial}, 0);
}

}  // namespace

WithSpaceToBatch::WithSpaceToBatch(const Shape& input_shape, const std::vector<int64_t>& dilation_rate,
                                   const std::string& padding,
                                   const std::function<BlockOp(const std::string& padding)>& build_op,
                                   const SpaceToBatchOptions& options)
    : input_shape_(input_shape), rate_(dilation_rate), channels_first_(options.channels_first) {
  const auto count = static_cast<int64_t>(rate_.size());
  rate_tensor_ = constant(int32_tensor(rate_, Shape{count}), {.name = "dilation_rate"});
  if (std::any_of(rate_.begin(), rate_.end(), [](int64_t rate) { return rate < 1; })) {
    throw ValueError("dilation_rate must be positive");
  }
  dilated_ = std::any_of(rate_.begin(), rate_.end(), [](int64_t rate) { return rate > 1; });
  if (!dilated_) {
    op_ = build_op(padding);
    return;
  }
  if (padding == "SAME") {
    if (!options.filter_shape) throw ValueError("filter_shape must be specified for SAME padding");
    const auto rank = static_cast<int64_t>(options.filter_shape->size());
    if (!options.filter_shape_made) constant(int32_tensor(*options.filter_shape, Shape{rank}), {.name = "filter_shape"});
    for (size_t i = 0; i < rate_.size(); ++i) append_same_padding((*options.filter_shape)[i], rate_[i], base_padding_values_);
    base_paddings_ = constant(pairs(base_padding_values_), {.name = "stack"});
  } else if (padding == "VALID") {
    base_padding_values_.assign(rate_.size() * 2, 0);
  } else {
    throw ValueError("Invalid padding method '" + padding + "'");
  }
  op_ = build_op("VALID");
}

Output WithSpaceToBatch::operator()(const Output& input, const TensorLike& filter) const {
  if (!dilated_) return op_(input, filter);
  const int count = static_cast<int>(rate_.size());
  std::vector<int64_t> sizes;
  bool known = input_shape_.known_rank();
  for (int i = 0; known && i < count; ++i) {
    sizes.push_back(input_shape_.dim(first_dim() + i));
    known = sizes.back() >= 0;
  }
  Output computed_sizes;
  if (!known) {
    const Output all = shape(input);
    TensorList parts;
    for (int i = 0; i < count; ++i) parts.push_back(all[first_dim() + i]);
    computed_sizes = stack(parts);
  }
  Paddings paddings;
  {
    const name_scope scope("required_space_to_batch_paddings");
    if (known) constant(int32_tensor(sizes, Shape{count}), {.name = "input_shape"});
    Output base = base_paddings_;
    if (!base.valid()) base = constant(pairs(base_padding_values_), {.name = "base_paddings"});
    paddings = known ? known_paddings(sizes, rate_, base_padding_values_, first_dim())
                     : computed_paddings(computed_sizes, rate_tensor_, base, count);
  }
  if (!known) {
    paddings.paddings = behind_zero_rows(*paddings.paddings.output(), first_dim(), count);
    paddings.crops = behind_zero_rows(*paddings.crops.output(), first_dim(), count);
  }
  const std::vector<int64_t> blocks = behind_filled_rows(rate_, first_dim(), 1, 1);
  const Tensor block_shape = int32_tensor(blocks, Shape{static_cast<int64_t>(blocks.size())});
  const Output converted = client::apply_op("SpaceToBatchND", "", {input, block_shape, paddings.paddings});
  const Output result = client::apply_op("BatchToSpaceND", "", {op_(converted, filter), block_shape, paddings.crops});
  return result;
}

Output with_space_to_batch(const TensorLike& input_like, const std::vector<int64_t>& dilation_rate,
                           const std::string& padding, const SpatialOp& op, const WithSpaceToBatchOptions& options) {
  const Output input = client::convert(input_like, DType::kInvalid, "input");
  const int count = static_cast<int>(dilation_rate.size());
  const auto build_op = [&](const std::string& inner_padding) -> BlockOp {
    return [&op, count, inner_padding](const Output& blocks, const TensorLike&) { return op(blocks, count, inner_padding); };
  };
  const WithSpaceToBatch call(input.shape(), dilation_rate, padding, build_op,
                              {.filter_shape = options.filter_shape,
                               .channels_first = options.data_format.starts_with("NC")});
  return call(input);
}

}  // namespace reflow::nn
