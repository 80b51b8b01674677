// Dilation2D, the grey-scale dilation of images by a filter for each channel, and its backward ops.

#include <limits>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/window.h"

namespace reflow::ops {
namespace {

using namespace op;

struct Dilation {
  int64_t batch, channels;
  WindowDim rows, columns;
};

struct DilationAttrs {
  Padding padding = Padding::kValid;
  std::vector<int64_t> strides, rates;

  static DilationAttrs of(KernelInit& c) {
    DilationAttrs a{padding_from(c.attr<std::string>("padding")), c.attr<std::vector<int64_t>>("strides"),
                    c.attr<std::vector<int64_t>>("rates")};
    const auto check = [&]() -> Status {
      if (a.strides.size() != 4) return invalid_argument("Sliding window stride field must specify 4 dimensions");
      if (a.strides[0] != 1 || a.strides[3] != 1) {
        return unimplemented("Stride is only supported across spatial dimensions.");
      }
      if (a.rates.size() != 4) return invalid_argument("Input stride (atrous rate) field must specify 4 dimensions");
      if (a.rates[0] != 1 || a.rates[3] != 1) return unimplemented("Rate is only supported across spatial dimensions.");
      return OkStatus();
    };
    c.fail(check());
    return a;
  }

  StatusOr<Dilation> sizes(const Shape& x, const Shape& filter) const {
    if (x.rank() != 4) return invalid_argument("input must be 4-dimensional: {}", x.str());
    if (filter.rank() != 3) return invalid_argument("filter must be 3-dimensional: {}", filter.str());
    if (x.dim(3) != filter.dim(2)) {
      return invalid_argument("input and filter must have the same depth: {} vs {}", x.dim(3), filter.dim(2));
    }
    Dilation d{x.dim(0), x.dim(3), {}, {}};
    d.rows = {.in = x.dim(1), .kernel = filter.dim(0), .stride = strides[1], .dilation = rates[1]};
    d.columns = {.in = x.dim(2), .kernel = filter.dim(1), .stride = strides[2], .dilation = rates[2]};
    RETURN_IF_ERROR(d.rows.fit(padding));
    RETURN_IF_ERROR(d.columns.fit(padding));
    return d;
  }
};

// Integers wrap around.
template <typename C>
C plus(C a, C b) {
  if constexpr (std::is_integral_v<C>) {
    using U = std::make_unsigned_t<C>;
    return static_cast<C>(static_cast<U>(a) + static_cast<U>(b));
  } else {
    return a + b;
  }
}

// Where the largest sum of x and filter is for one output element, as offsets into an image's and the filter's channel;
// -1: no element of the window lies within the image.
template <typename C>
struct Largest {
  C value;
  int64_t in_image, in_filter;
};

template <typename T, typename C = ComputeType<T>>
Largest<C> largest(const Dilation& d, const T* image, const T* filter, int64_t row, int64_t column, int64_t channel) {
  Largest<C> best{std::numeric_limits<C>::lowest(), -1, -1};
  int64_t i_begin, i_end, j_begin, j_end;
  d.rows.taps(row, &i_begin, &i_end);
  d.columns.taps(column, &j_begin, &j_end);
  for (int64_t i = i_begin; i < i_end; ++i) {
    const int64_t y = row * d.rows.stride - d.rows.before + i * d.rows.dilation;
    for (int64_t j = j_begin; j < j_end; ++j) {
      const int64_t x = column * d.columns.stride - d.columns.before + j * d.columns.dilation;
      const int64_t at = (y * d.columns.in + x) * d.channels + channel,
                    tap = (i * d.columns.kernel + j) * d.channels + channel;
      const C value = plus(static_cast<C>(image[at]), static_cast<C>(filter[tap]));
      if (best.in_image < 0 || value > best.value) best = {value, at, tap};
    }
  }
  return best;
}

enum class Target : uint8_t { kOutput, kInput, kFilter };

template <typename T, Target kTarget>
class DilationKernel : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit DilationKernel(KernelInit& c) : attrs_(DilationAttrs::of(c)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Dilation d, attrs_.sizes(c.input(0).shape(), c.input(1).shape()));
    const T *x = c.input(0).data<T>(), *filter = c.input(1).data<T>();
    Tensor& result = c.output(0);
    const double window = 2.0 * d.rows.kernel * d.columns.kernel * d.channels * d.columns.out;
    const int64_t image = d.rows.in * d.columns.in * d.channels;
    if constexpr (kTarget == Target::kOutput) {
      T* y = result.data<T>();
      c.pool().parallel_for(d.batch * d.rows.out, window, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
          const T* from = x + r / d.rows.out * image;
          for (int64_t o = 0; o < d.columns.out * d.channels; ++o) {
            y[r * d.columns.out * d.channels + o] =
                static_cast<T>(largest(d, from, filter, r % d.rows.out, o / d.channels, o % d.channels).value);
          }
        }
      });
    } else {
      const Shape dy_shape{d.batch, d.rows.out, d.columns.out, d.channels};
      if (!(c.input(2).shape() == dy_shape)) {
        return invalid_argument("out_backprop has incompatible size: expected {}, got {}", dy_shape.str(),
                                c.input(2).shape().str());
      }
      const T* dy = c.input(2).data<T>();
      std::vector<C> sums(result.num_elements(), C(0));
      for (int64_t i = 0; i < c.input(2).num_elements(); ++i) {
        const int64_t channel = i % d.channels, column = i / d.channels % d.columns.out,
                      row = i / d.channels / d.columns.out % d.rows.out,
                      n = i / d.channels / d.columns.out / d.rows.out;
        const auto best = largest(d, x + n * image, filter, row, column, channel);
        if (best.in_image < 0) continue;
        C& sum = sums[kTarget == Target::kInput ? n * image + best.in_image : best.in_filter];
        sum = plus(sum, static_cast<C>(dy[i]));
      }
      for (int64_t i = 0; i < result.num_elements(); ++i) result.data<T>()[i] = static_cast<T>(sums[i]);
    }
    return OkStatus();
  }

 private:
  const DilationAttrs attrs_;
};

template <typename T>
using Dilation2D = DilationKernel<T, Target::kOutput>;
template <typename T>
using Dilation2DToInput = DilationKernel<T, Target::kInput>;
template <typename T>
using Dilation2DToFilter = DilationKernel<T, Target::kFilter>;

Status dilation2d_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const auto strides, c.attr<std::vector<int64_t>>("strides"));
  ASSIGN_OR_RETURN(const auto rates, c.attr<std::vector<int64_t>>("rates"));
  ASSIGN_OR_RETURN(const std::string padding, c.attr<std::string>("padding"));
  if (c.concrete()) {
    const DilationAttrs attrs{padding_from(padding), strides, rates};
    ASSIGN_OR_RETURN(const Dilation d, attrs.sizes(c.input(0), c.input(1)));
    c.set_output(0, {d.batch, d.rows.out, d.columns.out, d.channels});
    return OkStatus();
  }
  Shape x, filter;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 3, &filter));
  if (strides.size() != 4) {
    return invalid_argument("Dilation2D requires the stride attribute to contain 4 values, but got: {}", strides.size());
  }
  if (rates.size() != 4) {
    return invalid_argument("Dilation2D requires the rates attribute to contain 4 values, but got: {}", rates.size());
  }
  int64_t depth;
  RETURN_IF_ERROR(c.merge_dim(x.dim(3), filter.dim(2), &depth));
  int64_t places[2] = {Shape::kUnknown, Shape::kUnknown};
  if (x.dim(1) >= 0 && x.dim(2) >= 0 && filter.dim(0) >= 0 && filter.dim(1) >= 0) {
    for (int i = 0; i < 2; ++i) {
      WindowDim d{.in = x.dim(i + 1), .kernel = filter.dim(i), .stride = strides[i + 1], .dilation = rates[i + 1]};
      RETURN_IF_ERROR(d.fit(padding_from(padding)));
      places[i] = d.out;
    }
  }
  c.set_output(0, {x.dim(0), places[0], places[1], filter.dim(2)});
  return OkStatus();
}

template <int i>
Status shape_of(ShapeContext& c) {
  c.set_output(0, c.input(i));
  return OkStatus();
}

constexpr auto kDilationTypes = kFloatTypes + kAllIntTypes;

REFLOW_OP("Dilation2D")
    .input("input: T")
    .input("filter: T")
    .output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .attr("strides: list(int) >= 4")
    .attr("rates: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("The largest of input + filter in each window of input [batch, height, width, channels], for a filter [height, "
         "width, channels] whose elements are rates apart.")
    .shape(dilation2d_shape)
    .kernel<Dilation2D>(kCpu, kDilationTypes)
    .gradient([](GradContext& g) {
      const std::vector<OpInput> inputs{g.x(0), g.x(1), g.dy(0)};
      g.dx(0) = g.op("Dilation2DBackpropInput", inputs, copied_attrs(g, {"strides", "rates", "padding"}));
      g.dx(1) = g.op("Dilation2DBackpropFilter", inputs, copied_attrs(g, {"strides", "rates", "padding"}));
    });

REFLOW_OP("Dilation2DBackpropInput")
    .input("input: T")
    .input("filter: T")
    .input("out_backprop: T")
    .output("in_backprop: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .attr("strides: list(int) >= 4")
    .attr("rates: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("The gradient of Dilation2D to its input: out_backprop goes to the element of each window that made the maximum.")
    .shape(shape_of<0>)
    .kernel<Dilation2DToInput>(kCpu, kDilationTypes);

REFLOW_OP("Dilation2DBackpropFilter")
    .input("input: T")
    .input("filter: T")
    .input("out_backprop: T")
    .output("filter_backprop: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .attr("strides: list(int) >= 4")
    .attr("rates: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .doc("The gradient of Dilation2D to its filter: out_backprop goes to the filter's element that made each maximum.")
    .shape(shape_of<1>)
    .kernel<Dilation2DToFilter>(kCpu, kDilationTypes);

}  // namespace
}  // namespace reflow::ops
