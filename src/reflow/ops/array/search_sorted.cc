// LowerBound and UpperBound: where values would stand in sorted rows.

#include <algorithm>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
auto comparable(const T& x) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) return static_cast<float>(x);
  else return x;
}

template <typename T, bool kUpper>
class Bound : public Kernel {
 public:
  explicit Bound(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &sorted = c.input(0), &values = c.input(1);
    const int64_t columns = sorted.dim(1), wanted = values.dim(1);
    const T *rows = sorted.data<T>(), *v = values.data<T>();
    const auto less = [](const T& a, const T& b) { return comparable(a) < comparable(b); };
    for (int64_t i = 0; i < values.num_elements(); ++i) {
      const T* row = rows + i / wanted * columns;
      const T* at = kUpper ? std::upper_bound(row, row + columns, v[i], less) : std::lower_bound(row, row + columns, v[i], less);
      put_int(c.output(0), i, at - row);
    }
    return OkStatus();
  }
};
template <typename T>
using LowerBound = Bound<T, false>;
template <typename T>
using UpperBound = Bound<T, true>;

Status bound_shape(ShapeContext& c) {
  if (c.concrete()) {
    const Shape &sorted = c.input(0), &values = c.input(1);
    if (sorted.rank() != 2) return invalid_argument("sorted input argument must be a matrix");
    if (values.rank() != 2) return invalid_argument("values argument must be a matrix");
    if (sorted.dim(0) != values.dim(0)) {
      return invalid_argument("Leading dim_size of both tensors must match.");
    }
    if (sorted.dim(1) >= INT32_MAX) return invalid_argument("values tensor size must less than INT_MAX");
    c.set_output(0, values);
    return OkStatus();
  }
  Shape sorted, values;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &sorted));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &values));
  c.set_output(0, c.input(1));
  return OkStatus();
}

REFLOW_OP("LowerBound")
    .input("sorted_inputs: T")
    .input("values: T")
    .output("output: out_type")
    .attr("T: type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .doc("For each of values [rows, n], the number of elements of its row of sorted_inputs [rows, m], which is sorted, that are "
         "below it.")
    .shape(bound_shape)
    .kernel<LowerBound>(kCpu, kRealTypes);

REFLOW_OP("UpperBound")
    .input("sorted_inputs: T")
    .input("values: T")
    .output("output: out_type")
    .attr("T: type")
    .attr("out_type: {int32, int64} = DT_INT32")
    .doc("For each of values [rows, n], the number of elements of its row of sorted_inputs [rows, m], which is sorted, that are "
         "not above it.")
    .shape(bound_shape)
    .kernel<UpperBound>(kCpu, kRealTypes);

}  // namespace
}  // namespace reflow::ops
