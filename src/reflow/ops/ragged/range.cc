// RaggedRange: sequences of numbers, each with a start, limit and step of its own.

#include <cmath>
#include <limits>
#include <utility>

#include "reflow/op/op.h"
#include "reflow/ops/ragged/row_splits.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr int64_t kMaxValues = int64_t{1} << 40;  // a wrong limit isn't to take all of the memory

// How many numbers there are from `start` up or down to `limit`, which is none of them. -1: too many.
template <typename T>
int64_t range_size(T start, T limit, T delta) {
  if ((delta > 0 && start >= limit) || (delta < 0 && start <= limit)) return 0;
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    const U distance = delta > 0 ? U(limit) - U(start) : U(start) - U(limit), step = delta > 0 ? U(delta) : U(0) - U(delta);
    const uint64_t size = distance / step + (distance % step != 0);
    return size > static_cast<uint64_t>(kMaxValues) ? -1 : static_cast<int64_t>(size);
  } else {
    const double size = std::ceil(std::abs((limit - start) / delta));
    return size <= kMaxValues ? static_cast<int64_t>(size) : -1;
  }
}

// How many sequences starts, limits and deltas describe: a vector has one for each element, a scalar is that of all.
Status row_count(const Shape& starts, const Shape& limits, const Shape& deltas, int64_t* rows) {
  *rows = -1;
  for (const auto& [name, shape] : {std::pair{"starts", starts}, std::pair{"limits", limits}, std::pair{"deltas", deltas}}) {
    if (shape.rank() > 1) return invalid_argument("{} must be a scalar or vector", name);
    if (shape.rank() == 0) continue;
    if (*rows >= 0 && *rows != shape.dim(0)) return invalid_argument("starts, limits, and deltas must have the same shape");
    *rows = shape.dim(0);
  }
  if (*rows < 0) *rows = 1;
  return OkStatus();
}

template <typename T>
class RaggedRange : public Kernel {
 public:
  explicit RaggedRange(KernelInit& c) : splits_type_(c.attr<DType>("Tsplits")) {}

  Status compute(KernelContext& c) override {
    int64_t rows;
    RETURN_IF_ERROR(row_count(c.input(0).shape(), c.input(1).shape(), c.input(2).shape(), &rows));
    const auto at = [&](int input, int64_t row) { return c.input(input).data<T>()[c.input(input).rank() == 1 ? row : 0]; };
    RowSplits splits{0};
    for (int64_t row = 0; row < rows; ++row) {
      if (at(2, row) == T(0)) return invalid_argument("Requires delta != 0");
      const int64_t size = range_size(at(0, row), at(1, row), at(2, row));
      if (size < 0 || splits.back() + size > kMaxValues) return invalid_argument("Requires ((limit - start) / delta) <= {}", kMaxValues);
      splits.push_back(splits.back() + size);
    }
    if (splits_type_ == DType::kInt32 && splits.back() > std::numeric_limits<int32_t>::max()) {
      return invalid_argument("Requires that the number of values fits the splits, but it is {}", splits.back());
    }
    ASSIGN_OR_RETURN(Tensor values, allocate_tensor(dtype_of<T>, Shape{splits.back()}));
    T* to = values.data<T>();
    for (int64_t row = 0; row < rows; ++row) {
      T value = at(0, row);
      for (int64_t i = splits[row]; i < splits[row + 1]; ++i) {
        to[i] = value;
        if (i + 1 < splits[row + 1]) value = static_cast<T>(value + at(2, row));
      }
    }
    ASSIGN_OR_RETURN(Tensor splits_value, splits_tensor(splits, splits_type_));
    c.set_output(0, std::move(splits_value));
    c.set_output(1, std::move(values));
    return OkStatus();
  }

 private:
  DType splits_type_;
};

Status range_shape(ShapeContext& c) {
  int64_t rows = Shape::kUnknown;
  if (c.concrete()) RETURN_IF_ERROR(row_count(c.input(0), c.input(1), c.input(2), &rows));
  bool all_scalars = true;
  for (int i = 0; i < 3; ++i) {
    const Shape& x = c.input(i);
    Shape checked;
    RETURN_IF_ERROR(c.with_rank_at_most(x, 1, &checked));
    if (x.rank() == 0) continue;
    all_scalars = false;
    if (x.rank() == 1) RETURN_IF_ERROR(c.merge_dim(x.dim(0), rows, &rows));
  }
  c.set_output(0, Shape{all_scalars ? 2 : rows < 0 ? -1 : rows + 1});
  c.set_output(1, Shape{-1});
  return OkStatus();
}

REFLOW_OP("RaggedRange")
    .input("starts: T")
    .input("limits: T")
    .input("deltas: T")
    .output("rt_nested_splits: Tsplits")
    .output("rt_dense_values: T")
    .attr("T: {bfloat16, float, double, int32, int64} = DT_INT32")
    .attr("Tsplits: {int32, int64} = DT_INT64")
    .doc("Rows of numbers: row i goes from starts[i] in steps of deltas[i], up to limits[i] and without it.")
    .shape(range_shape)
    .kernel<RaggedRange>(kCpu, Types<float, double, int32_t, int64_t>{})
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
