// What a sum of gradients of slices of one tensor becomes when a plan is made (passes/slice_sums.cc).

#include <cstring>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/array/strided_slice.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// strided[element i of the view] += dense[i].
template <typename T>
void add_to_slice(ThreadPool& pool, const StridedView& view, const T* dense, T* strided) {
  if (view.num_elements() == 0) return;
  if (view.rank() == 0) {
    strided[view.offset] = wrapping_sum(strided[view.offset], *dense);
    return;
  }
  const int64_t n = view.size(view.rank() - 1), stride = view.stride(view.rank() - 1);
  for_each_row(pool, view, 1.5 * kCopyCostNs<T> * n + 3, [&](int64_t i, int64_t at) {
    const T* from = dense + i * n;
    T* to = strided + at;
    if (stride == 1) {
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t k = 0; k < n; ++k) to[k] = wrapping_sum(to[k], from[k]);
      });
    } else {
      for (int64_t k = 0; k < n; ++k) to[k * stride] = wrapping_sum(to[k * stride], from[k]);
    }
  });
}

constexpr int kMasks = 5;  // numbers for each slice in the attribute

template <typename T>
class SumOfSliceGradients : public Kernel {
 public:
  explicit SumOfSliceGradients(KernelInit& c) {
    const auto masks = c.attr<std::vector<int64_t>>("masks");
    for (size_t i = 0; i + kMasks <= masks.size(); i += kMasks) {
      masks_.push_back({masks[i], masks[i + 1], masks[i + 2], masks[i + 3], masks[i + 4]});
    }
    if (static_cast<int>(masks_.size()) != c.attr<int64_t>("N")) c.fail(invalid_argument("Wrong number of masks"));
  }

  Status compute(KernelContext& c) override {
    Tensor& y = c.output(0);
    std::memset(y.raw_data(), 0, static_cast<size_t>(y.size_bytes()));
    const int n = static_cast<int>(masks_.size());
    for (int i = 0; i < n; ++i) {
      const Tensor& dy = c.input(1 + 3 * n + i);
      SlicePlan plan;
      RETURN_IF_ERROR(plan_slice(y.shape(), &c.input(1 + i), &c.input(1 + n + i), c.input(1 + 2 * n + i), masks_[i], &plan));
      if (!(plan.result == dy.shape())) {
        return invalid_argument("shape of dy was {} instead of {}", dy.shape().str(), plan.result.str());
      }
      add_to_slice(c.pool(), plan.view, dy.data<T>(), y.data<T>());
    }
    return OkStatus();
  }

 private:
  std::vector<SliceMasks> masks_;
};

Status sum_of_slice_gradients_shape(ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(c.value_as_shape(0, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("_SumOfSliceGradients")
    .input("shape: Index")
    .input("begin: N * Index")
    .input("end: N * Index")
    .input("strides: N * Index")
    .input("dy: N * T")
    .output("output: T")
    .attr("N: int >= 1")
    .attr("T: {float, double}")
    .attr("Index: {int32, int64}")
    .attr("masks: list(int)")
    .doc("The sum of what N times StridedSliceGrad gives: zeros of the shape `shape`, to whose slices `dy` is added. `masks` "
         "are those for begin, end, ellipsis, new axis and shrunk axis of the first slice, then those of the next. Made by "
         "the pass `slice_sums`.")
    .shape(sum_of_slice_gradients_shape)
    .kernel<SumOfSliceGradients>(kCpu, Types<float, double>{})
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
