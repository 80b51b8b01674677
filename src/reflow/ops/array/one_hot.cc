// OneHot: indices as vectors that are `on` in one place.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status one_hot_shape(ShapeContext& c) {
  const int64_t axis = c.attr_or<int64_t>("axis", -1);
  const Shape& indices = c.input(0);
  if (axis < -1) return invalid_argument("axis must be >= -1");
  int64_t depth;
  if (c.concrete()) {
    if (indices.rank() < axis) {
      return invalid_argument("Expected axis to be -1 or between [0, {}).  But received: {}", indices.rank() + 1, axis);
    }
    static constexpr const char* kNames[] = {"", "depth", "on_value", "off_value"};
    for (int i = 1; i < 4; ++i) {
      if (c.input(i).rank() != 0) return invalid_argument("{} must be a scalar, but got: {}", kNames[i], c.input(i).str());
    }
    if (const Tensor* value = c.value(1); value != nullptr && value->item<int32_t>() < 0) {
      return invalid_argument("depth must be non-negative, got: {}", value->item<int32_t>());
    }
  }
  RETURN_IF_ERROR(c.dim_from_scalar(1, &depth));
  Shape scalar;
  for (int i = 1; i < 4; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  if (!indices.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  Shape out = indices;
  if (axis > out.rank()) {
    return invalid_argument("Shape must be at least rank {} but is rank {}", axis, out.rank());
  }
  out.insert_dim(axis < 0 ? out.rank() : static_cast<int>(axis), depth);
  c.set_output(0, std::move(out));
  return OkStatus();
}

// out[p, k, s] is on where indices[p, s] == k.
template <typename E>
void one_hot(KernelContext& c, int64_t suffix) {
  const Tensor& indices = c.input(0);
  Tensor& result = c.output(0);
  const E& on = *static_cast<const E*>(c.input(2).raw_data());
  const E& off = *static_cast<const E*>(c.input(3).raw_data());
  E* out = static_cast<E*>(result.raw_data());
  const int64_t n = indices.num_elements();
  if (n == 0 || result.num_elements() == 0) return;
  const int64_t depth = result.num_elements() / n;
  with_type(Types<uint8_t, int32_t, int64_t>{}, indices.dtype(), [&]<typename I>() {
    const I* index = indices.data<I>();
    c.pool().parallel_for(n / suffix, kCopyCostNs<E> * depth * suffix + 2 * suffix, [&](int64_t begin, int64_t end) {
      std::fill(out + begin * depth * suffix, out + end * depth * suffix, off);
      for (int64_t i = begin * suffix; i < end * suffix; ++i) {
        const auto k = static_cast<int64_t>(index[i]);
        if (k >= 0 && k < depth) out[(i / suffix * depth + k) * suffix + i % suffix] = on;
      }
    });
  });
}

class OneHot : public Kernel {
 public:
  explicit OneHot(KernelInit& c)
      : axis_(c.attr<int64_t>("axis")),
        fill_(with_element(c.node().output_type(0), []<typename E>() { return &one_hot<E>; })) {}

  Status compute(KernelContext& c) override {
    const Shape& indices = c.input(0).shape();
    int64_t suffix = 1;
    for (int d = axis_ < 0 ? indices.rank() : static_cast<int>(axis_); d < indices.rank(); ++d) suffix *= indices.dim(d);
    fill_(c, suffix);
    return OkStatus();
  }

 private:
  int64_t axis_;
  void (*fill_)(KernelContext&, int64_t);
};

REFLOW_OP("OneHot")
    .input("indices: TI")
    .input("depth: int32")
    .input("on_value: T")
    .input("off_value: T")
    .output("output: T")
    .attr("axis: int = -1")
    .attr("T: type")
    .attr("TI: {uint8, int32, int64} = DT_INT64")
    .doc("For each index a vector of `depth` elements along the new dimension `axis`: `on_value` at the index, `off_value` "
         "elsewhere. An index outside is nowhere on.")
    .shape(one_hot_shape)
    .kernel<OneHot>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
