// Choosing between two tensors by a condition, and clipping.

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <array>
#include <complex>
#include <string>

#include "gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

// Elements are only copied: plain types of one size share a loop.
template <typename T>
struct CopiedAs {
  using type = std::conditional_t<
      !is_plain(dtype_of<T>), T,
      std::conditional_t<sizeof(T) == 1, uint8_t,
                         std::conditional_t<sizeof(T) == 2, uint16_t,
                                            std::conditional_t<sizeof(T) == 4, uint32_t,
                                                               std::conditional_t<sizeof(T) == 8, uint64_t,
                                                                                  std::array<uint64_t, 2>>>>>>;
};

// Select: condition of the shape of t and e, or a scalar, or a vector that chooses rows.
Status select_shape(ShapeContext& c) {
  const Shape& condition = c.input(0);
  if (c.concrete()) {
    const Shape &t = c.input(1), &e = c.input(2);
    const bool by_rows = condition.rank() == 1 && t.rank() != 1;
    if (by_rows && t.rank() == 0) {
      return invalid_argument("'then' must be at least a vector, but saw shape: {}", t.str());
    }
    if (by_rows && t.dim(0) != condition.dim(0)) {
      return invalid_argument("Number of batches of 'then' must match size of 'cond', but saw: {} vs. {}", t.dim(0),
                              condition.dim(0));
    }
    if ((by_rows || condition.rank() == 0) && !(t == e)) {
      return invalid_argument("'then' and 'else' must have the same size.  but received: {} vs. {}", t.str(), e.str());
    }
    for (int i = 1; i <= 2 && !by_rows && condition.rank() != 0; ++i) {
      if (c.input(i) == condition) continue;
      return invalid_argument(
          "Inputs to operation {} of type {} must have the same size and shape.  Input 0: {} != input {}: {}",
          c.node().name(), c.node().type(), condition.str(), i, c.input(i).str());
    }
    c.set_output(0, t);
    return OkStatus();
  }
  Shape data;
  RETURN_IF_ERROR(c.merge(c.input(1), c.input(2), &data));
  if (condition.known_rank() && data.known_rank() && condition.rank() != 0) {
    if (condition.rank() == 1 && data.rank() >= 1) {
      Shape rows;
      RETURN_IF_ERROR(c.merge(condition, Shape{data.dim(0)}, &rows));  // says nothing of the output, as in TensorFlow
    } else {
      RETURN_IF_ERROR(c.merge(data, condition, &data));
    }
  }
  c.set_output(0, std::move(data));
  return OkStatus();
}

// out[i] is t[i] where condition[i], else e[i]; out may be t or e.
template <typename U>
void choose(const bool* condition, const U* t, const U* e, int64_t n, U* out) {
  if constexpr (std::is_arithmetic_v<U>) {
    op::simd_loop([=]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) {
        const U mask = static_cast<U>(-static_cast<U>(condition[i]));  // of bits, which leaves no branch
        out[i] = (t[i] & mask) | (e[i] & static_cast<U>(~mask));
      }
    });
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = condition[i] ? t[i] : e[i];
  }
}

template <typename T>
class Select : public Kernel {
 public:
  using U = typename CopiedAs<T>::type;
  explicit Select(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& condition = c.input(0);
    Tensor& y = c.output(0);
    const int64_t n = y.num_elements();
    const bool* p = condition.data<bool>();
    const U *t = static_cast<const U*>(c.input(1).raw_data()), *e = static_cast<const U*>(c.input(2).raw_data());
    U* out = static_cast<U*>(y.raw_data());
    if (n == 0) return OkStatus();
    const int64_t row = n / condition.num_elements();
    c.pool().parallel_for(condition.num_elements(), 0.3 * row, [&](int64_t begin, int64_t end) {
      if (row == 1) {
        choose(p + begin, t + begin, e + begin, end - begin, out + begin);
        return;
      }
      for (int64_t i = begin; i < end; ++i) {
        const U* from = (p[i] ? t : e) + i * row;
        if (from != out + i * row) std::copy_n(from, row, out + i * row);
      }
    });
    return OkStatus();
  }
};

Status select_v2_shape(ShapeContext& c) {
  Shape data, shape;
  const Status branches = broadcast_shapes(c, c.input(1), c.input(2), &data);
  if (!branches.ok()) {
    if (!c.concrete()) return branches;
    return invalid_argument("then {} and else {} must be broadcastable", c.input(1).str(), c.input(2).str());
  }
  const Status all = broadcast_shapes(c, c.input(0), data, &shape);
  if (!all.ok()) {
    if (!c.concrete()) return all;
    return invalid_argument("condition {}, then {}, and else {} must be broadcastable", c.input(0).str(),
                            c.input(1).str(), c.input(2).str());
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

// The dimensions of a result and the strides of three operands that are broadcast to it, neighbours merged where all
// operands allow it. Innermost first.
struct Layout {
  struct Dim {
    int64_t size;
    std::array<int64_t, 3> stride;
  };
  absl::InlinedVector<Dim, 6> dims;
};

Layout layout_of(const Shape& y, const std::array<const Shape*, 3>& operands) {
  Layout layout;
  std::array<int64_t, 3> next{1, 1, 1};
  for (int i = 1; i <= y.rank(); ++i) {
    const int64_t size = y.dim(y.rank() - i);
    if (size == 1) continue;
    Layout::Dim dim{size, {}};
    for (int k = 0; k < 3; ++k) {
      const Shape& x = *operands[k];
      const int64_t x_size = i <= x.rank() ? x.dim(x.rank() - i) : 1;
      dim.stride[k] = x_size == 1 ? 0 : next[k];
      next[k] *= x_size;
    }
    bool joins = !layout.dims.empty();
    for (int k = 0; k < 3 && joins; ++k) {
      joins = dim.stride[k] == layout.dims.back().stride[k] * layout.dims.back().size;
    }
    if (joins) {
      layout.dims.back().size *= size;
    } else {
      layout.dims.push_back(dim);
    }
  }
  if (layout.dims.empty()) layout.dims.push_back({1, {0, 0, 0}});
  return layout;
}

template <typename T>
class SelectV2 : public Kernel {
 public:
  using U = typename CopiedAs<T>::type;
  explicit SelectV2(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Tensor& y = c.output(0);
    if (y.num_elements() == 0) return OkStatus();
    const bool* p = c.input(0).data<bool>();
    const U *t = static_cast<const U*>(c.input(1).raw_data()), *e = static_cast<const U*>(c.input(2).raw_data());
    U* out = static_cast<U*>(y.raw_data());
    const Layout layout = layout_of(y.shape(), {&c.input(0).shape(), &c.input(1).shape(), &c.input(2).shape()});
    const Layout::Dim inner = layout.dims[0];
    c.pool().parallel_for(y.num_elements() / inner.size, 4 + 0.4 * inner.size, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        int64_t rest = row;
        std::array<int64_t, 3> offset{};
        for (size_t i = 1; i < layout.dims.size(); ++i) {
          const int64_t index = rest % layout.dims[i].size;
          rest /= layout.dims[i].size;
          for (int k = 0; k < 3; ++k) offset[k] += index * layout.dims[i].stride[k];
        }
        if (inner.stride == std::array<int64_t, 3>{1, 1, 1}) {
          choose(p + offset[0], t + offset[1], e + offset[2], inner.size, out + row * inner.size);
          continue;
        }
        for (int64_t j = 0; j < inner.size; ++j) {
          out[row * inner.size + j] = p[offset[0] + j * inner.stride[0]] ? t[offset[1] + j * inner.stride[1]]
                                                                         : e[offset[2] + j * inner.stride[2]];
        }
      }
    });
    return OkStatus();
  }
};

constexpr auto kSelectTypes = kNumberTypes + Types<bool, std::string, ResourceHandle, Variant>{};

REFLOW_OP("Select")
    .input("condition: bool").input("t: T").input("e: T").output("output: T").attr("T: type")
    .doc("Takes elements from t where condition is true, else from e. condition has their shape, or is a scalar, or a "
         "vector that chooses rows.")
    .shape(select_shape).kernel<Select>(kCpu, kSelectTypes).in_place(0, 1).in_place(0, 2)
    .gradient([](GradContext& g) {
      const Endpoint condition = g.x(0), dy = g.dy(0);
      const Endpoint zeros = g.zeros_like(g.x(1));
      g.dx(1) = g.op("Select", {condition, dy, zeros});
      g.dx(2) = g.op("Select", {condition, zeros, dy});
    });

REFLOW_OP("SelectV2")
    .input("condition: bool").input("t: T").input("e: T").output("output: T").attr("T: type")
    .doc("Takes elements from t where condition is true, else from e. All three are broadcast.")
    .shape(select_v2_shape).kernel<SelectV2>(kCpu, kSelectTypes)
    .gradient([](GradContext& g) {
      const Endpoint condition = g.x(0), dy = g.dy(0);
      const Endpoint zero = g.constant(0, base_type(dy.dtype()), "zeros");
      Endpoint result_shape;
      for (int i = 1; i <= 2; ++i) {
        const Endpoint full = g.op("SelectV2", {condition, i == 1 ? dy : zero, i == 1 ? zero : dy});
        const Endpoint shape = g.shape(g.x(i));
        if (i == 1) result_shape = g.shape(g.y(0));
        Node* args = g.ops("BroadcastGradientArgs", {shape, result_shape});
        if (args == nullptr) return;
        g.dx(i) = g.reshape(g.reduce_sum(full, args->output(0), true), shape);
      }
    });

Status clip_shape(ShapeContext& c) {
  if (c.concrete()) {
    for (int i = 1; i <= 2; ++i) {
      if (c.input(i).rank() == 0 || c.input(i) == c.input(0)) continue;
      return invalid_argument(
          "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. input shape: "
          "{}clip_value_min shape: {}clip_value_max shape: {}",
          c.input(0).str(), c.input(1).str(), c.input(2).str());
    }
  }
  return unchanged_shape(c);
}

template <typename T>
class ClipByValue : public Kernel {
 public:
  explicit ClipByValue(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T *x = c.input(0).data<T>(), *low = c.input(1).data<T>(), *high = c.input(2).data<T>();
    const int64_t low_step = c.input(1).rank() != 0, high_step = c.input(2).rank() != 0;
    Tensor& y = c.output(0);
    T* out = y.data<T>();
    c.pool().parallel_for(y.num_elements(), 0.6, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T a = low[i * low_step], b = high[i * high_step];
        const T below = b < x[i] ? b : x[i];
        out[i] = below < a ? a : below;
      }
    });
    return OkStatus();
  }
};

REFLOW_OP("ClipByValue")
    .input("t: T").input("clip_value_min: T").input("clip_value_max: T").output("output: T")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64}")
    .doc("Clips the values of t to [clip_value_min, clip_value_max], which are scalars or of the shape of t.")
    .shape(clip_shape).kernel<ClipByValue>(kCpu, Types<Half, float, double>{} + kIntTypes).in_place(0, 0);

}  // namespace
}  // namespace reflow::ops
