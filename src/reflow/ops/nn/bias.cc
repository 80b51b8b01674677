// Adding a bias to each channel, and its backward op.

#include <algorithm>
#include <concepts>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/wrapping.h"

namespace reflow::ops {
namespace {

using namespace op;

// A tensor with channels seen as [outer, channels, inner]; inner is 1 in the format NHWC.
struct ChannelView {
  ChannelView(const Shape& shape, bool channels_first) {
    const int axis = channels_first ? 1 : shape.rank() - 1;
    for (int i = 0; i < axis; ++i) outer *= shape.dim(i);
    channels = shape.dim(axis);
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape.dim(i);
  }
  int64_t outer = 1, channels, inner = 1;
};

bool is_channels_first(KernelInit& c) { return c.attr_or<std::string>("data_format", "NHWC") == "NCHW"; }

template <typename T>
class BiasAdd : public Kernel {
 public:
  explicit BiasAdd(KernelInit& c) : channels_first_(is_channels_first(c)) {}
  Status compute(KernelContext& c) override {
    const ChannelView view(c.input(0).shape(), channels_first_);
    const T* x = c.input(0).data<T>();
    const T* bias = c.input(1).data<T>();
    T* y = c.output(0).data<T>();
    const int64_t channels = view.channels, inner = view.inner;
    if (inner == 1) {
      c.pool().parallel_for(view.outer, 0.15 * channels, [&](int64_t begin, int64_t end) {
        simd_loop([=]() REFLOW_SIMD_BODY {
          for (int64_t r = begin; r < end; ++r) {
            for (int64_t j = 0; j < channels; ++j) y[r * channels + j] = wrapping_sum(x[r * channels + j], bias[j]);
          }
        });
      });
      return OkStatus();
    }
    c.pool().parallel_for(view.outer * channels, 0.15 * inner, [&](int64_t begin, int64_t end) {
      simd_loop([=]() REFLOW_SIMD_BODY {
        for (int64_t r = begin; r < end; ++r) {
          const T b = bias[r % channels];
          for (int64_t j = 0; j < inner; ++j) y[r * inner + j] = wrapping_sum(x[r * inner + j], b);
        }
      });
    });
    return OkStatus();
  }

 private:
  bool channels_first_;
};

// What sums of T are computed in; integers wrap around.
template <typename T>
struct SumType {
  using type = ComputeType<T>;
};
template <std::integral T>
struct SumType<T> {
  using type = Wrapping<T>;
};

template <typename T>
class BiasAddGrad : public Kernel {
  using C = typename SumType<T>::type;
  // Sums of so many rows are added up at a time: rounding errors grow with the logarithm of the rows, almost.
  static constexpr int64_t kRows = 64;
  static constexpr int64_t kColumns = 64;

 public:
  explicit BiasAddGrad(KernelInit& c) : channels_first_(is_channels_first(c)) {}
  Status compute(KernelContext& c) override {
    const ChannelView view(c.input(0).shape(), channels_first_);
    const T* dy = c.input(0).data<T>();
    T* out = c.output(0).data<T>();
    if (view.inner != 1) {
      sum_planes(c, view, dy, out);
      return OkStatus();
    }
    const int64_t column_blocks = (view.channels + kColumns - 1) / kColumns;
    // Few channels and many rows (images): each task takes rows, and their sums are added at the end, in order.
    const int64_t row_tasks = column_blocks >= 4 ? 1 : std::clamp<int64_t>(view.outer / 2048, 1, 16);
    if (row_tasks == 1) {
      c.pool().parallel_for(column_blocks, 0.15 * kColumns * view.outer, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) {
          C sums[kColumns];
          const int64_t column = b * kColumns, n = std::min(kColumns, view.channels - column);
          sum_rows(dy + column, view.outer, n, view.channels, sums);
          for (int64_t j = 0; j < n; ++j) out[column + j] = static_cast<T>(sums[j]);
        }
      });
      return OkStatus();
    }
    ASSIGN_OR_RETURN(Tensor scratch, c.allocate_scratch(dtype_of<C>, {row_tasks, view.channels}));
    C* partial = scratch.data<C>();
    const int64_t rows_each = (view.outer + row_tasks - 1) / row_tasks;
    c.pool().parallel_for(row_tasks, 0.15 * rows_each * view.channels, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end; ++t) {
        const int64_t first = t * rows_each, rows = std::min(rows_each, view.outer - first);
        for (int64_t column = 0; column < view.channels; column += kColumns) {
          const int64_t n = std::min(kColumns, view.channels - column);
          sum_rows(dy + first * view.channels + column, std::max<int64_t>(rows, 0), n, view.channels,
                   partial + t * view.channels + column);
        }
      }
    });
    for (int64_t j = 0; j < view.channels; ++j) {
      C sum = 0;
      for (int64_t t = 0; t < row_tasks; ++t) sum += partial[t * view.channels + j];
      out[j] = static_cast<T>(sum);
    }
    return OkStatus();
  }

 private:
  // sums[j] = sum over `rows` of x[r * stride + j], j < n <= kColumns.
  static void sum_rows(const T* x, int64_t rows, int64_t n, int64_t stride, C* sums) {
    simd_loop([=]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < n; ++j) sums[j] = C(0);
      for (int64_t begin = 0; begin < rows; begin += kRows) {
        const int64_t end = std::min(rows, begin + kRows);
        C block[kColumns] = {};
        for (int64_t r = begin; r < end; ++r) {
          for (int64_t j = 0; j < n; ++j) block[j] += static_cast<C>(x[r * stride + j]);
        }
        for (int64_t j = 0; j < n; ++j) sums[j] += block[j];
      }
    });
  }

  static void sum_planes(KernelContext& c, const ChannelView& view, const T* dy, T* out) {
    c.pool().parallel_for(view.channels, 0.3 * view.outer * view.inner, [&](int64_t begin, int64_t end) {
      for (int64_t j = begin; j < end; ++j) {
        C sum = 0;
        for (int64_t o = 0; o < view.outer; ++o) {
          const T* plane = dy + (o * view.channels + j) * view.inner;
          C plane_sum = 0;
          simd_loop([&]() REFLOW_SIMD_BODY {
            constexpr int kLanes = 16;
            C lanes[kLanes] = {};
            int64_t i = 0;
            for (; i + kLanes <= view.inner; i += kLanes) {
              for (int l = 0; l < kLanes; ++l) lanes[l] += static_cast<C>(plane[i + l]);
            }
            for (; i < view.inner; ++i) plane_sum += static_cast<C>(plane[i]);
            for (int l = 0; l < kLanes; ++l) plane_sum += lanes[l];
          });
          sum += plane_sum;
        }
        out[j] = static_cast<T>(sum);
      }
    });
  }

  bool channels_first_;
};

bool channels_first(ShapeContext& c) { return c.attr_or<std::string>("data_format", "NHWC") == "NCHW"; }

Status bias_add_shape(ShapeContext& c) {
  const bool first = channels_first(c);
  if (c.concrete()) {
    const Shape &x = c.input(0), &bias = c.input(1);
    if (x.rank() < 2) return invalid_argument("Input tensor must be at least 2D: {}", x.str());
    if (bias.rank() != 1) return invalid_argument("Biases must be 1D: {}", bias.str());
    if (first && x.rank() < 3) return invalid_argument("Only ranks up to 5 supported: {}", x.str());
    const int axis = first ? 1 : x.rank() - 1;
    if (x.dim(axis) != bias.dim(0)) {
      return invalid_argument("Must provide as many biases as the last dimension of the input tensor: {} vs. {}",
                              bias.str(), x.str());
    }
    c.set_output(0, x);
    return OkStatus();
  }
  Shape x, bias;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), first ? 3 : 2, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &bias));
  if (!x.known_rank()) {
    c.set_output(0, x);
    return OkStatus();
  }
  const int axis = first ? 1 : x.rank() - 1;
  int64_t channels;
  RETURN_IF_ERROR(c.merge_dim(x.dim(axis), bias.dim(0), &channels));
  x.set_dim(axis, channels);
  c.set_output(0, x);
  return OkStatus();
}

Status bias_add_grad_shape(ShapeContext& c) {
  const bool first = channels_first(c);
  if (c.concrete() && c.input(0).rank() < 2) {
    return invalid_argument("Input tensor must be at least 2D: {}", c.input(0).str());
  }
  Shape x;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), first ? 3 : 2, &x));
  c.set_output(0, {x.known_rank() ? x.dim(first ? 1 : x.rank() - 1) : Shape::kUnknown});
  return OkStatus();
}

Endpoint slice(GradContext& g, Endpoint x, int64_t begin, int64_t end, int64_t begin_mask, int64_t end_mask) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({begin}, DType::kInt32, "stack"),
                 to = g.constant_ints({end}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, {{"begin_mask", begin_mask}, {"end_mask", end_mask}}, scope.name());
}

Endpoint ones_like(GradContext& g, Endpoint x) {
  if (!g.status().ok()) return {};
  GradContext::Scope scope(g.graph(), "ones_like");
  const Endpoint shape = g.shape(x);
  return g.op("Fill", {shape, g.constant(1, x.dtype())}, {}, scope.name());
}

// The gradient repeats dy along all dimensions but the channels.
void bias_add_grad_gradient(GradContext& g) {
  const bool first = g.attr<std::string>("data_format") == "NCHW";
  const Endpoint dy = g.dy(0);
  const Endpoint shape = g.shape(g.x(0)), bias_shape = g.shape(dy, DType::kInt32, "Shape");
  if (!g.status().ok()) return;
  std::vector<Endpoint> ones, tiles;
  if (first) {
    const Endpoint before = ones_like(g, slice(g, shape, 0, 1, 1, 0));
    const Endpoint after = ones_like(g, slice(g, shape, 2, 0, 0, 1));
    ones = {before, bias_shape, after};
  } else {
    ones = {ones_like(g, slice(g, shape, 0, -1, 1, 0)), bias_shape};
  }
  const auto concat = [&](const std::vector<Endpoint>& parts, bool with_one) {
    std::vector<Endpoint> values = parts;
    GradContext::Scope scope(g.graph(), "concat");
    if (with_one) values.insert(values.begin() + 1, g.constant_ints({1}, DType::kInt32, "values_1"));
    const Endpoint axis = g.constant_tensor(Tensor::scalar(int32_t{0}), "axis");
    return g.op("ConcatV2", {OpInput(values), OpInput(axis)}, {}, scope.name());
  };
  const Endpoint expanded = concat(ones, false);
  if (first) {
    const Endpoint before = slice(g, shape, 0, 1, 1, 0);
    tiles = {before, slice(g, shape, 2, 0, 0, 1)};
  } else {
    tiles = {slice(g, shape, 0, -1, 1, 0)};
  }
  const Endpoint multiples = concat(tiles, true);
  if (!g.status().ok()) return;
  g.dx(0) = g.op("Tile", {g.reshape(dy, expanded), multiples});
}

REFLOW_OP("BiasAdd")
    .input("value: T")
    .input("bias: T")
    .output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .doc("Adds bias [channels] to each channel of value: its last dimension, or with the data format NCHW its second.")
    .shape(bias_add_shape)
    .kernel<BiasAdd>(kCpu, kNumberTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      g.dx(0) = g.dy(0);
      g.dx(1) = g.op("BiasAddGrad", {g.dy(0)}, {{"data_format", g.attr<std::string>("data_format")}});
    });

REFLOW_OP("BiasAddV1")
    .input("value: T")
    .input("bias: T")
    .output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .doc("Adds bias to the last dimension of value. BiasAdd is the same with a data format.")
    .shape(bias_add_shape)
    .kernel<BiasAdd>(kCpu, kNumberTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      g.dx(0) = g.dy(0);
      const Endpoint rank = g.rank(g.dy(0));
      if (!g.status().ok()) return;
      Endpoint last, axes;
      {
        GradContext::Scope scope(g.graph(), "sub");
        last = g.op("Sub", {rank, g.constant_tensor(Tensor::scalar(int32_t{1}), "y")}, {}, scope.name());
      }
      {
        GradContext::Scope scope(g.graph(), "range");
        const Endpoint start = g.constant_tensor(Tensor::scalar(int32_t{0}), "start"),
                       delta = g.constant_tensor(Tensor::scalar(int32_t{1}), "delta");
        axes = g.op("Range", {start, last, delta}, {}, scope.name());
      }
      g.dx(1) = g.reduce_sum(g.dy(0), axes);
    });

REFLOW_OP("BiasAddGrad")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .doc("Sums out_backprop over all dimensions but the channels: the gradient of BiasAdd to its bias.")
    .shape(bias_add_grad_shape)
    .kernel<BiasAddGrad>(kCpu, kNumberTypes)
    .gradient(bias_add_grad_gradient);

}  // namespace
}  // namespace reflow::ops
