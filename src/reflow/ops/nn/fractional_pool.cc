// FractionalMaxPool and FractionalAvgPool (Graham, "Fractional max-pooling", 2014) and their gradients.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "reflow/base/philox.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

using Sequence = std::vector<int64_t>;

double unit_double(uint32_t high, uint32_t low) {
  return std::bit_cast<double>(uint64_t{1023} << 52 | uint64_t{high & 0xfffff} << 32 | low) - 1.0;
}

// The borders of `out` regions of `in` elements, by random numbers: each has in / out elements or one more.
Sequence random_borders(int64_t in, int64_t out, bool pseudo_random, PhiloxStream& stream) {
  const int64_t k = in / out;
  Sequence sizes(out, k);
  if (pseudo_random) {
    const double alpha = static_cast<double>(in) / static_cast<double>(out);
    const double limit = std::min(static_cast<double>(k + 2) / alpha - 1,
                                  static_cast<double>(in + 1 - k) / alpha - static_cast<double>(out - 1));
    const Philox::Block block = stream.reserve(1).next();
    const double u = unit_double(block[0], block[1]) * limit;
    int64_t previous = 1;
    for (int64_t i = 1; i <= out; ++i) {
      const int64_t next = i == out ? in + 1 : static_cast<int64_t>(std::ceil(alpha * (static_cast<double>(i) + u)));
      sizes[i - 1] = next - previous;
      previous = next;
    }
  } else {
    for (int64_t i = 0; i < in % out; ++i) ++sizes[i];
    Philox generator = stream.reserve((out + 3) / 4);
    Philox::Block block{};
    int used = 4;
    for (int64_t i = 0; i + 1 < out; ++i) {
      if (used == 4) block = generator.next(), used = 0;
      std::swap(sizes[i], sizes[i + block[used++] % static_cast<uint32_t>(out - i)]);
    }
  }
  Sequence borders(out + 1, 0);
  for (int64_t i = 0; i < out; ++i) borders[i + 1] = borders[i] + sizes[i];
  return borders;
}

// One region of a side: [first, last], the last shared with the next region if they overlap.
struct Region {
  Region(const int64_t* borders, int64_t i, bool overlapping, int64_t size)
      : first(borders[i]), last(std::min(overlapping ? borders[i + 1] : borders[i + 1] - 1, size - 1)) {}
  int64_t first, last;
  int64_t count() const { return last - first + 1; }
};

template <typename T, bool kMax>
class FractionalPool : public Kernel {
 public:
  explicit FractionalPool(KernelInit& c)
      : ratios_(c.attr<std::vector<float>>("pooling_ratio")),
        pseudo_random_(c.attr<bool>("pseudo_random")),
        overlapping_(c.attr<bool>("overlapping")),
        deterministic_(c.attr<bool>("deterministic")),
        seed_(c.attr<int64_t>("seed")),
        seed2_(c.attr<int64_t>("seed2")) {
    if (ratios_.size() != 4) {
      c.fail(invalid_argument("pooling_ratio field must specify 4 dimensions"));
    } else if (ratios_[0] != 1 || ratios_[3] != 1) {
      c.fail(unimplemented("Fractional pooling is not yet supported on the batch nor channel dimension."));
    }
    for (const float ratio : ratios_) {
      if (!(ratio >= 1)) c.fail(invalid_argument("pooling_ratio cannot be smaller than 1, got: {}", ratio));
    }
    if (!deterministic_ && (seed_ != 0 || seed2_ != 0)) {
      c.fail(invalid_argument("Both seed and seed2 should be 0 if deterministic is false."));
    }
    if (deterministic_ && seed_ == 0 && seed2_ == 0) {
      seed_ = static_cast<int64_t>(system_random());
      seed2_ = static_cast<int64_t>(system_random());
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    Tensor& y = c.output(0);
    PhiloxStream stream(seed_, seed2_);
    const Sequence rows = random_borders(x.dim(1), y.dim(1), pseudo_random_, stream),
                   columns = random_borders(x.dim(2), y.dim(2), pseudo_random_, stream);
    for (int i : {1, 2}) {
      const Sequence& borders = i == 1 ? rows : columns;
      RETURN_IF_ERROR(c.allocate_output(i, Shape{static_cast<int64_t>(borders.size())}));
      std::copy(borders.begin(), borders.end(), c.output(i).data<int64_t>());
    }
    const int64_t depth = x.dim(3), width = x.dim(2);
    T* to = y.data<T>();
    for (int64_t n = 0; n < x.dim(0); ++n) {
      const T* image = x.data<T>() + n * x.dim(1) * width * depth;
      for (int64_t i = 0; i < y.dim(1); ++i) {
        const Region row(rows.data(), i, overlapping_, x.dim(1));
        for (int64_t j = 0; j < y.dim(2); ++j, to += depth) {
          const Region column(columns.data(), j, overlapping_, width);
          std::fill_n(to, depth, kMax ? std::numeric_limits<T>::lowest() : T(0));
          for (int64_t h = row.first; h <= row.last; ++h) {
            for (int64_t w = column.first; w <= column.last; ++w) {
              const T* from = image + (h * width + w) * depth;
              for (int64_t k = 0; k < depth; ++k) {
                if constexpr (kMax) to[k] = to[k] < from[k] ? from[k] : to[k];
                else to[k] += from[k];
              }
            }
          }
          if constexpr (!kMax) {
            for (int64_t k = 0; k < depth; ++k) to[k] /= static_cast<T>(row.count() * column.count());
          }
        }
      }
    }
    return OkStatus();
  }

 private:
  const std::vector<float> ratios_;
  const bool pseudo_random_, overlapping_, deterministic_;
  int64_t seed_, seed2_;
};

// Inputs: x and y of FractionalMaxPool (or the shape of x for the average), dL/dy, and both sequences of borders.
template <typename T, bool kMax>
class FractionalPoolGrad : public Kernel {
 public:
  explicit FractionalPoolGrad(KernelInit& c) : overlapping_(c.attr<bool>("overlapping")) {}
  Status compute(KernelContext& c) override {
    const int first = kMax ? 2 : 1;
    const Tensor &dy = c.input(first), &rows = c.input(first + 1), &columns = c.input(first + 2);
    Tensor& out = c.output(0);
    if (dy.rank() != 4) return invalid_argument("out_backprop must be 4-dimensional");
    if (out.rank() != 4) return invalid_argument("orig_input must be 4-dimensional");
    if (dy.dim(0) != out.dim(0) || dy.dim(3) != out.dim(3)) {
      return invalid_argument("out_backprop {} and the input {} must have equal batches and channels", dy.shape().str(), out.shape().str());
    }
    RETURN_IF_ERROR(check_borders(rows, dy.dim(1), out.dim(1)));
    RETURN_IF_ERROR(check_borders(columns, dy.dim(2), out.dim(2)));
    const int64_t depth = out.dim(3), width = out.dim(2), size = out.dim(1) * width * depth;
    std::vector<double> sums(out.num_elements(), 0.0);
    const T* g = dy.data<T>();
    for (int64_t n = 0; n < out.dim(0); ++n) {
      for (int64_t i = 0; i < dy.dim(1); ++i) {
        const Region row(rows.data<int64_t>(), i, overlapping_, out.dim(1));
        for (int64_t j = 0; j < dy.dim(2); ++j, g += depth) {
          const Region column(columns.data<int64_t>(), j, overlapping_, width);
          for (int64_t k = 0; k < depth; ++k) {
            const auto offset = [&](int64_t h, int64_t w) { return n * size + (h * width + w) * depth + k; };
            if constexpr (kMax) {
              const T* x = c.input(0).data<T>();
              int64_t best = offset(row.first, column.first);
              for (int64_t h = row.first; h <= row.last; ++h) {
                for (int64_t w = column.first; w <= column.last; ++w) {
                  if (x[best] < x[offset(h, w)]) best = offset(h, w);
                }
              }
              sums[best] += static_cast<double>(g[k]);
            } else {
              const double share = static_cast<double>(g[k]) / static_cast<double>(row.count() * column.count());
              for (int64_t h = row.first; h <= row.last; ++h) {
                for (int64_t w = column.first; w <= column.last; ++w) sums[offset(h, w)] += share;
              }
            }
          }
        }
      }
    }
    for (size_t i = 0; i < sums.size(); ++i) out.data<T>()[i] = static_cast<T>(sums[i]);
    return OkStatus();
  }

 private:
  static Status check_borders(const Tensor& borders, int64_t regions, int64_t size) {
    if (borders.rank() != 1 || borders.dim(0) != regions + 1) {
      return invalid_argument("A pooling sequence must have {} elements for {} regions, got {}", regions + 1, regions,
                              borders.shape().str());
    }
    const int64_t* b = borders.data<int64_t>();
    for (int64_t i = 0; i < regions; ++i) {
      if (b[i] < 0 || b[i] >= b[i + 1] || b[i] >= size) {
        return invalid_argument("A pooling sequence must rise within [0, {}], got {} at {}", size, b[i + 1], i + 1);
      }
    }
    return OkStatus();
  }

  const bool overlapping_;
};

template <typename T>
using FractionalMaxPool = FractionalPool<T, true>;
template <typename T>
using FractionalAvgPool = FractionalPool<T, false>;
template <typename T>
using FractionalMaxPoolGrad = FractionalPoolGrad<T, true>;
template <typename T>
using FractionalAvgPoolGrad = FractionalPoolGrad<T, false>;

// What x86 makes of it: the smallest number, if it is none or too large.
int64_t pooled_size(int64_t size, float ratio) {
  const float pooled = std::floor(static_cast<float>(size) / ratio);
  constexpr float kLimit = 0x1p63f;
  return pooled >= -kLimit && pooled < kLimit ? static_cast<int64_t>(pooled) : std::numeric_limits<int64_t>::min();
}

Status fractional_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() != 4) return invalid_argument("tensor_in must be 4-dimensional");
  Shape x;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &x));
  ASSIGN_OR_RETURN(const auto ratios, c.attr<std::vector<float>>("pooling_ratio"));
  if (ratios.size() != 4) return invalid_argument("pooling_ratio field must specify 4 dimensions");
  for (int i = 0; i < 4; ++i) {
    if (x.dim(i) < 0) continue;
    const int64_t size = pooled_size(x.dim(i), ratios[i]);
    if (size < 0) return invalid_argument("Size computed for dim {} is negative: {}", i, size);
    if (c.concrete() && size == 0 && x.dim(i) > 0) return invalid_argument("Pooling leaves nothing of dimension {} of size {}", i, x.dim(i));
    if (c.concrete() && (i == 1 || i == 2) && x.dim(i) == 0) return invalid_argument("tensor_in has no elements in dimension {}", i);
    x.set_dim(i, size);
  }
  c.set_output(0, x);
  c.set_output(1, {Shape::kUnknown});
  c.set_output(2, {Shape::kUnknown});
  return OkStatus();
}

Status max_grad_shape(ShapeContext& c) {
  Shape x;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &x));
  c.set_output(0, x);
  return OkStatus();
}

Status avg_grad_shape(ShapeContext& c) {
  Shape x;
  RETURN_IF_ERROR(c.value_as_shape(0, &x));
  if (x.known_rank() || !c.concrete()) RETURN_IF_ERROR(c.with_rank(x, 4, &x));
  c.set_output(0, x);
  return OkStatus();
}

constexpr Types<float, double, int32_t, int64_t> kPoolTypes{};

OpBuilder fractional_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder)
      .input("value: T")
      .output("output: T")
      .output("row_pooling_sequence: int64")
      .output("col_pooling_sequence: int64")
      .attr("pooling_ratio: list(float) >= 4")
      .attr("pseudo_random: bool = false")
      .attr("overlapping: bool = false")
      .attr("deterministic: bool = false")
      .attr("seed: int = 0")
      .attr("seed2: int = 0")
      .attr("T: {float, double, int32, int64}")
      .doc(doc)
      .shape(fractional_shape);
  return builder;
}

const OpRegistrar kOps[] = {
    fractional_op("FractionalMaxPool",
                  "The largest elements of regions of value [batch, height, width, channels] whose sizes differ by one at most, so that "
                  "the output is smaller by pooling_ratio; and the borders of these regions.")
        .kernel<FractionalMaxPool>(kCpu, kPoolTypes)
        .gradient([](GradContext& g) {
          g.dx(0) = g.op("FractionalMaxPoolGrad", {g.x(0), g.y(0), g.dy(0), g.y(1), g.y(2)}, copied_attrs(g, {"overlapping"}));
        }),
    fractional_op("FractionalAvgPool", "As FractionalMaxPool, with the averages of the regions.")
        .kernel<FractionalAvgPool>(kCpu, kPoolTypes)
        .gradient([](GradContext& g) {
          const Shape& x = g.x(0).shape();
          const AttrMap attrs = copied_attrs(g, {"overlapping"});
          const Endpoint dy = g.dy(0);
          if (!x.fully_defined()) {
            const Endpoint shape = g.shape(g.x(0), DType::kInt64);
            g.dx(0) = g.op("FractionalAvgPoolGrad", {shape, dy, g.y(1), g.y(2)}, attrs);
            return;
          }
          GradContext::Scope scope(g.graph(), "FractionalAvgPoolGrad");
          const Endpoint shape = g.constant_ints({x.begin(), x.end()}, DType::kInt64, "orig_input_tensor_shape");
          g.dx(0) = g.op("FractionalAvgPoolGrad", {shape, dy, g.y(1), g.y(2)}, attrs, scope.name());
        }),
};

REFLOW_OP("FractionalMaxPoolGrad")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("out_backprop: T")
    .input("row_pooling_sequence: int64")
    .input("col_pooling_sequence: int64")
    .output("output: T")
    .attr("overlapping: bool = false")
    .attr("T: {float, double, int32, int64}")
    .doc("The gradient of FractionalMaxPool to its input.")
    .shape(max_grad_shape)
    .kernel<FractionalMaxPoolGrad>(kCpu, kPoolTypes);

REFLOW_OP("FractionalAvgPoolGrad")
    .input("orig_input_tensor_shape: int64")
    .input("out_backprop: T")
    .input("row_pooling_sequence: int64")
    .input("col_pooling_sequence: int64")
    .output("output: T")
    .attr("overlapping: bool = false")
    .attr("T: {float, double, int32, int64}")
    .doc("The gradient of FractionalAvgPool to its input, of the shape orig_input_tensor_shape.")
    .shape(avg_grad_shape)
    .kernel<FractionalAvgPoolGrad>(kCpu, kPoolTypes);

}  // namespace
}  // namespace reflow::ops
