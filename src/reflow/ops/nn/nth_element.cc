// NthElement: the n-th smallest (or largest) entry of each row.

#include <algorithm>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class NthElement : public Kernel {
 public:
  explicit NthElement(KernelInit& c) : reverse_(c.attr<bool>("reverse")) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    const int64_t columns = x.dim(x.rank() - 1);
    int64_t n = c.input(1).item<int32_t>();
    if (n < 0) return invalid_argument("n must be non-negative but is {}", n);
    if (n >= columns) return invalid_argument("Input must have at least n+1 columns");
    if (reverse_) n = columns - n - 1;
    const T* from = x.data<T>();
    T* to = c.output(0).data<T>();
    const int64_t rows = x.num_elements() / columns;
    c.pool().parallel_for(rows, 4.0 * columns, [&](int64_t begin, int64_t end) {
      std::vector<T> row(columns);
      for (int64_t r = begin; r < end; ++r) {
        std::copy_n(from + r * columns, columns, row.begin());
        std::nth_element(row.begin(), row.begin() + n, row.end(), [](const T& a, const T& b) {
          const auto x = static_cast<ComputeType<T>>(a), y = static_cast<ComputeType<T>>(b);
          return x < y || (y != y && x == x);  // what isn't a number comes last
        });
        to[r] = row[n];
      }
    });
    return OkStatus();
  }

 private:
  const bool reverse_;
};

Status nth_element_shape(ShapeContext& c) {
  Shape x = c.input(0);
  if (c.concrete()) {
    if (c.input(1).rank() != 0) return invalid_argument("N must be scalar but has rank {}", c.input(1).rank());
    if (x.rank() < 1) return invalid_argument("Input must be >= 1-D, got shape {}", x.str());
  }
  RETURN_IF_ERROR(c.with_rank_at_least(x, 1, &x));
  int64_t n = 0;
  bool known = false;
  if (!c.concrete()) {
    Shape scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
    RETURN_IF_ERROR(c.dim_from_scalar(1, &n));
    known = n >= 0;
  }
  if (!x.known_rank()) {
    c.set_output(0, x);
    return OkStatus();
  }
  const int64_t columns = x.dim(x.rank() - 1);
  if (known && columns >= 0 && columns <= n) {
    return invalid_argument("Input must have last dimension > n = {} but is {}", n, columns);
  }
  c.set_output(0, x.sub_shape(0, x.rank() - 1));
  return OkStatus();
}

Endpoint expand_last(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "ExpandDims");
  return g.op("ExpandDims", {x, constant_int(g, -1, "dim")}, {}, scope.name());
}

// Shared out evenly among the entries that have the value.
void nth_element_gradient(GradContext& g) {
  const Endpoint value = expand_last(g, g.y(0)), dy = expand_last(g, g.dy(0));
  const Endpoint equal = g.op("Equal", {value, g.x(0)});
  if (!equal) return;
  const Endpoint indicators = g.cast(equal, g.x(0).dtype());
  Endpoint count;
  {
    GradContext::Scope scope(g.graph(), "Sum");
    count = g.reduce_sum(indicators, constant_int(g, -1, "reduction_indices"), /*keep_dims=*/false, scope.name());
  }
  const Endpoint divisor = expand_last(g, count);
  const Endpoint share = g.op("RealDiv", {indicators, divisor}, {}, "truediv");
  g.dx(0) = mul(g, share, dy);
}

REFLOW_OP("NthElement")
    .input("input: T")
    .input("n: int32")
    .output("values: T")
    .attr("reverse: bool = false")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The n-th smallest entry (from 0) of each row of the last dimension, or with reverse the n-th largest.")
    .shape(nth_element_shape)
    .kernel<NthElement>(kCpu, kRealTypes)
    .gradient(nth_element_gradient);

}  // namespace
}  // namespace reflow::ops
