// Counting: Bincount, HistogramFixedWidth, and Bucketize, which says where between boundaries numbers lie.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class Bincount : public Kernel {
 public:
  explicit Bincount(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &values = c.input(0), &weights = c.input(2);
    if (c.input(1).rank() != 0) return invalid_argument("Shape must be rank 0 but is rank {}", c.input(1).rank());
    const int32_t size = c.input(1).item<int32_t>();
    if (size < 0) return invalid_argument("size ({}) must be non-negative", size);
    const bool weighted = weights.num_elements() > 0;
    if (weighted && weights.num_elements() != values.num_elements()) {
      return invalid_argument("weights and arr must have the same shape; got {} and {}", weights.shape().str(),
                              values.shape().str());
    }
    if (!c.output(0).valid()) RETURN_IF_ERROR(c.allocate_output(0, Shape{size}));
    const int32_t* x = values.data<int32_t>();
    for (int64_t i = 0; i < values.num_elements(); ++i) {
      if (x[i] < 0) return invalid_argument("Input arr must be non-negative!");
    }
    T* bins = c.output(0).data<T>();
    std::fill_n(bins, size, T(0));
    for (int64_t i = 0; i < values.num_elements(); ++i) {
      if (x[i] >= size) continue;
      if constexpr (std::is_integral_v<T>) {
        using U = std::make_unsigned_t<T>;
        bins[x[i]] = static_cast<T>(static_cast<U>(bins[x[i]]) + (weighted ? static_cast<U>(weights.data<T>()[i]) : U(1)));
      } else {
        bins[x[i]] += weighted ? weights.data<T>()[i] : T(1);
      }
    }
    return OkStatus();
  }
};

template <typename T>
class HistogramFixedWidth : public Kernel {
 public:
  explicit HistogramFixedWidth(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &values = c.input(0), &range = c.input(1), &count = c.input(2);
    if (range.rank() != 1 || range.dim(0) != 2) {
      return invalid_argument("value_range should be a vector of 2 elements, but got {}", range.shape().str());
    }
    if (count.rank() != 0) return invalid_argument("nbins should be a scalar, but got {}", count.shape().str());
    const T low = range.data<T>()[0], high = range.data<T>()[1];
    if (!(low < high)) {
      return invalid_argument("value_range should satisfy value_range[0] < value_range[1], but got '[{}, {}]'", low, high);
    }
    const int32_t bins = count.item<int32_t>();
    if (bins <= 0) return invalid_argument("nbins should be a positive number, but got '{}'", bins);
    if (!c.output(0).valid()) RETURN_IF_ERROR(c.allocate_output(0, Shape{bins}));
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(DType::kInt64, Shape{bins}));
    int64_t* counts = scratch.data<int64_t>();
    std::fill_n(counts, bins, int64_t{0});
    // Differences in T and quotients in double, as TensorFlow does it; of integers in double, too.
    using D = std::conditional_t<std::is_floating_point_v<T>, T, double>;
    const double step = static_cast<double>(static_cast<D>(high) - static_cast<D>(low)) / bins;
    for (const T& value : values.flat<T>()) {
      const double at = static_cast<double>(static_cast<D>(std::max(value, low)) - static_cast<D>(low)) / step;
      ++counts[!(at > 0) ? 0 : at >= bins ? bins - 1 : static_cast<int64_t>(at)];
    }
    for (int32_t i = 0; i < bins; ++i) put_int(c.output(0), i, counts[i]);
    return OkStatus();
  }
};

template <typename T>
class Bucketize : public Kernel {
 public:
  explicit Bucketize(KernelInit& c) : boundaries_(c.attr<std::vector<float>>("boundaries")) {
    if (!std::is_sorted(boundaries_.begin(), boundaries_.end())) c.fail(invalid_argument("Expected sorted boundaries"));
  }
  Status compute(KernelContext& c) override {
    const T* x = c.input(0).data<T>();
    int32_t* y = c.output(0).data<int32_t>();
    c.pool().parallel_for(c.input(0).num_elements(), 5, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        y[i] = static_cast<int32_t>(std::upper_bound(boundaries_.begin(), boundaries_.end(), x[i]) - boundaries_.begin());
      }
    });
    return OkStatus();
  }

 private:
  const std::vector<float> boundaries_;
};

// A vector whose size is the scalar input i.
template <int i>
Status sized_by_scalar(ShapeContext& c) {
  if (c.concrete()) {
    const Tensor* value = c.value(i);
    const bool usable = value != nullptr && value->rank() == 0 && value->item<int32_t>() >= 0;
    c.set_output(0, {usable ? value->item<int32_t>() : Shape::kUnknown});
    return OkStatus();
  }
  int64_t size;
  RETURN_IF_ERROR(c.dim_from_scalar(i, &size));
  c.set_output(0, {size});
  return OkStatus();
}

Status histogram_shape(ShapeContext& c) {
  if (!c.concrete()) {
    Shape range, scalar;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &range));
    RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
    int64_t two;
    RETURN_IF_ERROR(c.with_value(range.dim(0), 2, &two));
  }
  return sized_by_scalar<2>(c);
}

constexpr Types<int32_t, int64_t, float, double> kCountTypes{};

REFLOW_OP("Bincount")
    .input("arr: int32")
    .input("size: int32")
    .input("weights: T")
    .output("bins: T")
    .attr("T: {int32, int64, float, double}")
    .doc("Counts, for each of the numbers 0 to size - 1, how often it occurs in arr, or adds up its weights. Larger numbers "
         "don't count.")
    .shape(sized_by_scalar<1>)
    .kernel<Bincount>(kCpu, kCountTypes);

REFLOW_OP("HistogramFixedWidth")
    .input("values: T")
    .input("value_range: T")
    .input("nbins: int32")
    .output("out: dtype")
    .attr("T: {int32, int64, float, double}")
    .attr("dtype: {int32, int64} = DT_INT32")
    .doc("Counts values in nbins equal parts of value_range, [low, high]; those beyond it count in the first or last.")
    .shape(histogram_shape)
    .kernel<HistogramFixedWidth>(kCpu, kCountTypes);

REFLOW_OP("Bucketize")
    .input("input: T")
    .output("output: int32")
    .attr("T: {int32, int64, float, double}")
    .attr("boundaries: list(float)")
    .doc("The number of boundaries, which are sorted, that are not above each element of input.")
    .shape(unchanged_shape)
    .kernel<Bucketize>(kCpu, kCountTypes);

}  // namespace
}  // namespace reflow::ops
