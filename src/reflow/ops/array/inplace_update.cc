// InplaceUpdate, InplaceAdd and InplaceSub: rows of a tensor replaced or changed. The result takes the memory of x where
// nobody else needs that; what others read doesn't change.

#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status inplace_shape(ShapeContext& c) {
  const Shape &x = c.input(0), &i = c.input(1), &v = c.input(2);
  if (c.concrete()) {
    if (i.rank() != 1) return invalid_argument("i must be a vector. {}", i.str());
    if (x.rank() != v.rank()) {
      return invalid_argument("x and v shape doesn't match (ranks differ): {} vs. {}", x.str(), v.str());
    }
    for (int d = 1; d < x.rank(); ++d) {
      if (x.dim(d) != v.dim(d)) {
        return invalid_argument("x and v shape doesn't match at index {} : {} vs. {}", d, x.str(), v.str());
      }
    }
    if (v.rank() == 0 || i.dim(0) != v.dim(0)) {
      return invalid_argument("i and x shape doesn't match at index 0: {} vs. {}", i.str(), v.str());
    }
  }
  c.set_output(0, x);
  return OkStatus();
}

// Calls row(to, from) with the element where row i[k] of y begins and that where row k of v does. Indices are taken
// modulo the number of rows, as TensorFlow does.
template <typename Row>
void for_updated_rows(const Tensor& i, const Tensor& y, Row&& row) {
  if (y.num_elements() == 0) return;
  const int64_t rows = y.dim(0), size = y.num_elements() / rows;
  for (int64_t k = 0; k < i.num_elements(); ++k) {
    const int64_t at = (i.data<int32_t>()[k] % rows + rows) % rows;
    row(at * size, k * size, size);
  }
}

class InplaceUpdate : public Kernel {
 public:
  explicit InplaceUpdate(KernelInit& c) : copy_(copy_elements_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &v = c.input(2);
    Tensor& y = c.output(0);
    if (y.raw_data() != x.raw_data()) copy_(y.raw_data(), x.raw_data(), x.num_elements());
    const int64_t bytes = dtype_size(y.dtype());
    for_updated_rows(c.input(1), y, [&](int64_t to, int64_t from, int64_t n) {
      copy_(static_cast<char*>(y.raw_data()) + to * bytes, static_cast<const char*>(v.raw_data()) + from * bytes, n);
    });
    return OkStatus();
  }

 private:
  CopyElementsFn copy_;
};

template <bool kAdd, typename T>
class InplaceChange : public Kernel {
 public:
  explicit InplaceChange(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &v = c.input(2);
    Tensor& y = c.output(0);
    if (y.raw_data() != x.raw_data()) copy_elements(y.data<T>(), x.data<T>(), x.num_elements());
    T* out = y.data<T>();
    const T* values = v.data<T>();
    for_updated_rows(c.input(1), y, [&](int64_t to, int64_t from, int64_t n) {
      for (int64_t k = 0; k < n; ++k) {
        out[to + k] = kAdd ? wrapping_sum(out[to + k], values[from + k]) : wrapping_difference(out[to + k], values[from + k]);
      }
    });
    return OkStatus();
  }
};
template <typename T>
using InplaceAdd = InplaceChange<true, T>;
template <typename T>
using InplaceSub = InplaceChange<false, T>;

OpBuilder inplace_op(const char* name) {
  return OpBuilder(name).input("x: T").input("i: int32").input("v: T").output("y: T").attr("T: type").shape(inplace_shape).in_place(0, 0);
}

const OpRegistrar kOps[] = {
    inplace_op("InplaceUpdate").doc("`x` with the rows `i` replaced by the rows of `v`.").kernel<InplaceUpdate>(kCpu),
    inplace_op("InplaceAdd").doc("`x` with the rows of `v` added to its rows `i`.").kernel<InplaceAdd>(kCpu, kNumberTypes),
    inplace_op("InplaceSub").doc("`x` with the rows of `v` subtracted from its rows `i`.").kernel<InplaceSub>(kCpu, kNumberTypes),
};

}  // namespace
}  // namespace reflow::ops
