#include "reflow/client/indexing.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

// begin + 1: the end of a slice of one element.
TensorLike after(const TensorLike& position) {
  if (const auto* number = std::get_if<int64_t>(&position.value())) return *number + 1;
  return *position.output() + 1;
}

}  // namespace

Output slice_by(const TensorLike& tensor, std::span<const Index> indices) {
  TensorList begin, end, strides;
  StridedSliceOptions options;
  int64_t bit = 1;
  const auto add = [&](const TensorLike& b, const TensorLike& e, const TensorLike& s) {
    begin.push_back(b);
    end.push_back(e);
    strides.push_back(s);
  };
  for (const Index& index : indices) {
    switch (index.kind()) {
      case Index::kPosition:
        add(index.position(), after(index.position()), 1);
        options.shrink_axis_mask |= bit;
        break;
      case Index::kSlice: {
        const Slice& slice = index.slice();
        if (slice.begin.is_none()) options.begin_mask |= bit;
        if (slice.end.is_none()) options.end_mask |= bit;
        add(slice.begin.is_none() ? TensorLike(0) : slice.begin, slice.end.is_none() ? TensorLike(0) : slice.end,
            slice.step.is_none() ? TensorLike(1) : slice.step);
        break;
      }
      case Index::kEllipsis:
        add(0, 0, 1);
        options.ellipsis_mask |= bit;
        break;
      case Index::kNewAxis:
        add(0, 0, 1);
        options.new_axis_mask |= bit;
        break;
    }
    bit <<= 1;
  }
  const name_scope scope("strided_slice");
  options.name = scope.name();
  if (begin.empty()) {
    const Output none = constant(Tensor(DType::kInt32, Shape{0}));
    return strided_slice(tensor, none, none, none, options);
  }
  Output packed[] = {stack(begin), stack(end), stack(strides)};
  if (std::ranges::any_of(packed, [](const Output& numbers) { return numbers.dtype() == DType::kInt64; })) {
    for (Output& numbers : packed) {
      if (numbers.dtype() != DType::kInt64) numbers = cast(numbers, DType::kInt64);
    }
  }
  return strided_slice(tensor, packed[0], packed[1], packed[2], options);
}

Output Output::operator[](const Index& index) const { return slice_by(*this, {&index, 1}); }
Output Output::operator[](std::initializer_list<Index> indices) const { return slice_by(*this, {indices.begin(), indices.size()}); }
Output Variable::operator[](const Index& index) const { return slice_by(value(), {&index, 1}); }
Output Variable::operator[](std::initializer_list<Index> indices) const { return slice_by(value(), {indices.begin(), indices.size()}); }

}  // namespace reflow
