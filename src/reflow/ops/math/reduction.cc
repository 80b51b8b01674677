// Reductions over some dimensions of a tensor.

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <utility>
#include <vector>

#include "elementwise_kernel.h"
#include "reduction_gradients.h"
#include "reduction_layout.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/softmax_rows.h"
#include "reflow/op/vector_reduce.h"

namespace reflow::ops {
namespace {

// A reduction is a struct with the type that elements are gathered in (`Acc`), `start()`, `take` for an element,
// `merge` of two results, and `finish` with the number of elements. For floats it may name vector functions.
template <typename T>
struct Sum {
  using Acc = ComputeType<T>;
  static Acc start() { return Acc(0); }
  static Acc take(T x) { return static_cast<Acc>(x); }
  static Acc merge(Acc a, Acc b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<Acc>(WrapType<T>(a) + WrapType<T>(b));
    } else {
      return a + b;
    }
  }
  static T finish(Acc a, int64_t) { return static_cast<T>(a); }
  static constexpr auto kRange = sum_f32;
  static constexpr auto kColumns = column_sums_f32;
};

template <typename T>
struct Mean : Sum<T> {
  using Acc = typename Sum<T>::Acc;
  static T finish(Acc a, int64_t n) {
    if constexpr (std::is_integral_v<T>) {
      return n == 0 ? T(0) : static_cast<T>(static_cast<int64_t>(a) / n);
    } else if constexpr (is_complex_type<T>) {
      return a / static_cast<typename T::value_type>(n);
    } else {
      return static_cast<T>(a / static_cast<Acc>(n));
    }
  }
};

template <typename T>
struct Prod {
  using Acc = ComputeType<T>;
  static Acc start() { return Acc(1); }
  static Acc take(T x) { return static_cast<Acc>(x); }
  static Acc merge(Acc a, Acc b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<Acc>(WrapType<T>(a) * WrapType<T>(b));
    } else {
      return a * b;
    }
  }
  static T finish(Acc a, int64_t) { return static_cast<T>(a); }
  static constexpr auto kRange = product_f32;
  static constexpr auto kColumns = column_products_f32;
};

template <typename T>
struct Max {
  using Acc = ComputeType<T>;
  static Acc start() {
    if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::lowest();
    else return -std::numeric_limits<Acc>::infinity();
  }
  static Acc take(T x) { return static_cast<Acc>(x); }
  static Acc merge(Acc a, Acc b) { return a < b ? b : a; }
  static T finish(Acc a, int64_t) { return static_cast<T>(a); }
  static constexpr auto kRange = max_f32;
  static constexpr auto kColumns = column_maxima_f32;
};

template <typename T>
struct Min {
  using Acc = ComputeType<T>;
  static Acc start() {
    if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::max();
    else return std::numeric_limits<Acc>::infinity();
  }
  static Acc take(T x) { return static_cast<Acc>(x); }
  static Acc merge(Acc a, Acc b) { return b < a ? b : a; }
  static T finish(Acc a, int64_t) { return static_cast<T>(a); }
  static constexpr auto kRange = min_f32;
  static constexpr auto kColumns = column_minima_f32;
};

template <typename T>
struct EuclideanNorm : Sum<T> {
  using Acc = typename Sum<T>::Acc;
  static Acc take(T x) {
    const Acc v = static_cast<Acc>(x);
    if constexpr (std::is_integral_v<T>) {
      return static_cast<Acc>(WrapType<T>(v) * WrapType<T>(v));
    } else if constexpr (is_complex_type<T>) {
      return v * std::conj(v);
    } else {
      return v * v;
    }
  }
  static T finish(Acc a, int64_t) {
    if constexpr (std::is_integral_v<T>) {
      if (a < 0) return sizeof(T) < 4 ? 0 : std::numeric_limits<T>::min();  // it has wrapped around: NaN as an integer
      return static_cast<T>(std::sqrt(static_cast<double>(a)));
    } else {
      return static_cast<T>(std::sqrt(a));
    }
  }
  static constexpr auto kRange = squared_sum_f32;
  static constexpr std::nullptr_t kColumns = nullptr;
};

struct All {
  using Acc = bool;
  static bool start() { return true; }
  static bool take(bool x) { return x; }
  static bool merge(bool a, bool b) { return a && b; }
  static bool finish(bool a, int64_t) { return a; }
};
struct Any {
  using Acc = bool;
  static bool start() { return false; }
  static bool take(bool x) { return x; }
  static bool merge(bool a, bool b) { return a || b; }
  static bool finish(bool a, int64_t) { return a; }
};

template <class R, typename T>
constexpr bool has_vector_range() {
  if constexpr (std::is_same_v<T, float> && requires { R::kRange; }) return true;
  return false;
}
template <class R, typename T>
constexpr bool has_vector_columns() {
  if constexpr (has_vector_range<R, T>()) return !std::is_same_v<decltype(R::kColumns), const std::nullptr_t>;
  return false;
}

// Integers give the same whatever is merged first.
template <typename T>
constexpr bool kInAnyOrder = std::is_integral_v<T> && !std::is_same_v<T, bool>;

// Elements next to each other. In pairs of halves, so that errors of sums grow slowly.
template <class R, typename T>
[[gnu::noinline]] typename R::Acc fold_range(const T* x, int64_t n) {
  using Acc = typename R::Acc;
  if constexpr (has_vector_range<R, T>()) {
    return R::kRange(x, n);
  } else if constexpr (kInAnyOrder<T>) {
    Acc all;
    simd_loop([&]() REFLOW_SIMD_BODY {
      Acc a = R::start();
      for (int64_t i = 0; i < n; ++i) a = R::merge(a, R::take(x[i]));
      all = a;
    });
    return all;
  } else {
    constexpr int64_t kBlock = 256;
    if (n > kBlock) {
      const int64_t half = (n / 2 + kBlock - 1) / kBlock * kBlock;
      return R::merge(fold_range<R, T>(x, half), fold_range<R, T>(x + half, n - half));
    }
    Acc a[4] = {R::start(), R::start(), R::start(), R::start()};
    int64_t i = 0;
    for (; i + 4 <= n; i += 4) {
      for (int k = 0; k < 4; ++k) a[k] = R::merge(a[k], R::take(x[i + k]));
    }
    for (; i < n; ++i) a[0] = R::merge(a[0], R::take(x[i]));
    return R::merge(R::merge(a[0], a[1]), R::merge(a[2], a[3]));
  }
}

// A short row, whose elements are merged in the order of TensorFlow's kernels for floats: sums have the same bits. kN: how many
// there are, 0: any number.
template <class R, typename T>
constexpr bool kHasShortRows = has_vector_range<R, T>() || kInAnyOrder<T>;
template <class R, typename T, int kN>
REFLOW_SIMD_BODY inline typename R::Acc fold_short_row(const T* x, int64_t n) {
  constexpr int kLanes = 8;
  if constexpr (kN > 0) n = kN;
  typename R::Acc lanes[kLanes], rest = R::start();
  int64_t i = 0;
  if (n >= kLanes) {
    for (int l = 0; l < kLanes; ++l) lanes[l] = R::start();
    for (; i + kLanes <= n; i += kLanes) {
      for (int l = 0; l < kLanes; ++l) lanes[l] = R::merge(lanes[l], R::take(x[i + l]));
    }
  }
  for (; i < n; ++i) rest = R::merge(rest, R::take(x[i]));
  if (n < kLanes) return rest;
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lanes[l] = R::merge(lanes[l], lanes[l + width]);
  }
  return R::merge(lanes[0], rest);
}
template <class R, typename T, int kN>
void fold_short_rows(const T* x, int64_t rows, int64_t n, T* y) {
  simd_loop([=]() REFLOW_SIMD_BODY {
    for (int64_t i = 0; i < rows; ++i) y[i] = R::finish(fold_short_row<R, T, kN>(x + i * n, n), n);
  });
}

// out[j] = column j of x [rows, columns], for columns [begin, end).
template <class R, typename T>
[[gnu::noinline]] void fold_columns(const T* x, int64_t rows, int64_t columns, int64_t begin, int64_t end, typename R::Acc* out) {
  if constexpr (has_vector_columns<R, T>()) {
    R::kColumns(x + begin, rows, end - begin, columns, out + begin);
  } else {
    for (int64_t j = begin; j < end; ++j) out[j] = R::start();
    for (int64_t i = 0; i < rows; ++i) {
      const T* row = x + i * columns;
      for (int64_t j = begin; j < end; ++j) out[j] = R::merge(out[j], R::take(row[j]));
    }
  }
}

template <class R, typename T>
class Reduction : public Kernel {
 public:
  using Acc = typename R::Acc;
  explicit Reduction(KernelInit&) {}

  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    AxisSet reduced;
    RETURN_IF_ERROR(reduced_axes(c.input(1), x.rank(), true, &reduced));
    const ReductionLayout layout(x.shape(), reduced);
    const T* in = x.data<T>();
    T* out = c.output(0).template data<T>();
    const int64_t n = layout.num_reduced;
    if (layout.num_kept == 0) return OkStatus();
    if (n == 0) {
      std::fill_n(out, layout.num_kept, R::finish(R::start(), 0));
      return OkStatus();
    }
    const size_t rank = layout.dims.size();
    if (rank == 0 || (rank == 1 && !layout.first_is_reduced)) {
      std::copy_n(in, layout.num_kept, out);  // EuclideanNorm too: TensorFlow's keeps signs there
      return OkStatus();
    }
    if (rank == 1) return reduce_all(c, in, n, out);
    if (rank == 2 && !layout.first_is_reduced) {
      reduce_rows(c, in, layout.dims[0], n, out);
      return OkStatus();
    }
    if (rank == 2) return reduce_columns(c, in, n, layout.dims[1], out);
    if (rank == 3 && !layout.first_is_reduced) return reduce_middle(c, in, layout, out);
    reduce_any(c, in, layout, out);
    return OkStatus();
  }

 private:
  static constexpr double kCostNs = has_vector_range<R, T>() ? 0.1 : 0.6;
  static constexpr int64_t kChunk = 32768, kRowChunk = kColumnChunkRows;

  Status reduce_all(KernelContext& c, const T* x, int64_t n, T* y) const {
    if (n <= 2 * kChunk) {
      *y = R::finish(fold_range<R, T>(x, n), n);
      return OkStatus();
    }
    const int64_t chunks = (n + kChunk - 1) / kChunk;
    std::vector<Part> parts(chunks);
    c.pool().parallel_for(chunks, kCostNs * kChunk, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        parts[i].value = fold_range<R, T>(x + i * kChunk, std::min(kChunk, n - i * kChunk));
      }
    });
    *y = R::finish(merge_parts(parts.data(), chunks), n);
    return OkStatus();
  }

  struct Part {
    Acc value;
  };
  static Acc merge_parts(const Part* parts, int64_t n) {
    if (n == 1) return parts[0].value;
    return R::merge(merge_parts(parts, n / 2), merge_parts(parts + n / 2, n - n / 2));
  }

  void reduce_rows(KernelContext& c, const T* x, int64_t rows, int64_t n, T* y) const {
    if constexpr (kHasShortRows<R, T>) {
      constexpr auto kTable = []<int... kN>(std::integer_sequence<int, kN...>) {
        return std::array{fold_short_rows<R, T, kN>...};
      }(std::make_integer_sequence<int, 8>());
      if (n <= kExactColumns) {
        c.pool().parallel_for(rows, 1 + 0.3 * n, [&](int64_t begin, int64_t end) {
          kTable[n < std::ssize(kTable) ? n : 0](x + begin * n, end - begin, n, y + begin);
        });
        return;
      }
    }
    c.pool().parallel_for(rows, 5 + kCostNs * n, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) y[i] = R::finish(fold_range<R, T>(x + i * n, n), n);
    });
  }

  // Many rows are cut into chunks, whose results are a matrix that is reduced again: that keeps errors small, and
  // threads busy where there are few columns.
  Status reduce_columns(KernelContext& c, const T* x, int64_t rows, int64_t columns, T* y) const {
    const int64_t chunks = (rows + kRowChunk - 1) / kRowChunk;
    std::vector<Part> parts;
    Acc* sums = nullptr;
    if constexpr (std::is_same_v<Acc, T>) {
      if (chunks == 1) sums = y;
    }
    if (sums == nullptr) {
      parts.resize(chunks * columns);
      sums = &parts[0].value;
    }
    if (chunks == 1) {
      constexpr int64_t kStrip = 64;
      const int64_t strips = (columns + kStrip - 1) / kStrip;
      c.pool().parallel_for(strips, kCostNs * rows * kStrip, [&](int64_t begin, int64_t end) {
        const int64_t last = std::min(end * kStrip, columns);
        fold_columns<R, T>(x, rows, columns, begin * kStrip, last, sums);
        for (int64_t j = begin * kStrip; j < last; ++j) y[j] = R::finish(sums[j], rows);
      });
      return OkStatus();
    }
    c.pool().parallel_for(chunks, kCostNs * kRowChunk * columns, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        fold_columns<R, T>(x + i * kRowChunk * columns, std::min(kRowChunk, rows - i * kRowChunk), columns, 0, columns,
                           sums + i * columns);
      }
    });
    for (int64_t j = 0; j < columns; ++j) y[j] = R::finish(merge_column(sums + j, chunks, columns), rows);
    return OkStatus();
  }
  static Acc merge_column(const Acc* column, int64_t n, int64_t stride) {
    if (n == 1) return *column;
    return R::merge(merge_column(column, n / 2, stride), merge_column(column + n / 2 * stride, n - n / 2, stride));
  }

  // [kept, reduced, kept]
  Status reduce_middle(KernelContext& c, const T* x, const ReductionLayout& layout, T* y) const {
    const int64_t rows = layout.dims[1], columns = layout.dims[2];
    c.pool().parallel_for(layout.dims[0], kCostNs * rows * columns, [&](int64_t begin, int64_t end) {
      std::vector<Part> sums(columns);
      for (int64_t i = begin; i < end; ++i) {
        fold_columns<R, T>(x + i * rows * columns, rows, columns, 0, columns, &sums[0].value);
        for (int64_t j = 0; j < columns; ++j) y[i * columns + j] = R::finish(sums[j].value, rows);
      }
    });
    return OkStatus();
  }

  static Acc fold_run(const T* x, int64_t n) {
    if constexpr (kHasShortRows<R, T>) {
      if (n <= kExactColumns) return fold_short_row<R, T, 0>(x, n);
    }
    return fold_range<R, T>(x, n);
  }

  // Any number of dimensions: for each result, the runs of the innermost reduced dimension.
  void reduce_any(KernelContext& c, const T* x, const ReductionLayout& layout, T* y) const {
    const size_t rank = layout.dims.size();
    absl::InlinedVector<int64_t, 6> strides(rank);
    int64_t stride = 1;
    for (size_t i = rank; i-- > 0; stride *= layout.dims[i]) strides[i] = stride;
    // The offset of the i-th combination of indices of the kept (reduced) dimensions, up to `last`.
    const auto offset_of = [&](int64_t i, bool reduced, size_t last) {
      int64_t offset = 0;
      for (size_t d = last; d-- > 0;) {
        if (layout.is_reduced(d) != reduced) continue;
        offset += i % layout.dims[d] * strides[d];
        i /= layout.dims[d];
      }
      return offset;
    };
    const size_t inner = layout.is_reduced(rank - 1) ? rank - 1 : rank - 2;
    const int64_t run = layout.dims[inner], runs = layout.num_reduced / run;
    std::vector<int64_t> offsets(runs);
    for (int64_t r = 0; r < runs; ++r) offsets[r] = offset_of(r, true, inner);
    c.pool().parallel_for(layout.num_kept, layout.num_reduced * 1.0, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* base = x + offset_of(i, false, rank);
        Acc total = R::start();
        for (int64_t r = 0; r < runs; ++r) {
          const T* from = base + offsets[r];
          if (strides[inner] == 1) {
            total = R::merge(total, fold_run(from, run));
          } else {
            Acc part = R::start();
            for (int64_t k = 0; k < run; ++k) part = R::merge(part, R::take(from[k * strides[inner]]));
            total = R::merge(total, part);
          }
        }
        y[i] = R::finish(total, layout.num_reduced);
      }
    });
  }
};

template <template <typename> class R>
struct ReductionOf {
  template <typename T>
  using Kernel = Reduction<R<T>, T>;
};

template <template <typename> class R, typename... Ts>
OpBuilder reduction_op(std::string_view name, Types<Ts...> types, std::string_view doc) {
  OpBuilder builder(name);
  std::move(builder).input("input: T").input("reduction_indices: Tidx").output("output: T")
      .attr("keep_dims: bool = false")
      .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
            "complex128, half, uint32, uint64}")
      .attr("Tidx: {int32, int64} = DT_INT32").doc(doc).shape(reduction_shape)
      .template kernel<ReductionOf<R>::template Kernel>(kCpu, types);
  return builder;
}

const OpRegistrar kOps[] = {
    reduction_op<Sum>("Sum", kNumberTypes,
                      "Sums up the elements of `input` over the dimensions `reduction_indices`, which stay with size 1 "
                      "if keep_dims is set.")
        .gradient(sum_gradient),
    reduction_op<Mean>("Mean", kNumberTypes,
                       "Computes the mean of the elements of `input` over the dimensions `reduction_indices`, which "
                       "stay with size 1 if keep_dims is set.")
        .gradient(mean_gradient),
    reduction_op<Prod>("Prod", kNumberTypes,
                       "Multiplies the elements of `input` over the dimensions `reduction_indices`, which stay with "
                       "size 1 if keep_dims is set.")
        .gradient(prod_gradient),
    reduction_op<Max>("Max", kRealTypes,
                      "Takes the largest of the elements of `input` over the dimensions `reduction_indices`, which stay "
                      "with size 1 if keep_dims is set.")
        .gradient(extremum_reduction_gradient),
    reduction_op<Min>("Min", kRealTypes,
                      "Takes the smallest of the elements of `input` over the dimensions `reduction_indices`, which "
                      "stay with size 1 if keep_dims is set.")
        .gradient(extremum_reduction_gradient),
    reduction_op<EuclideanNorm>("EuclideanNorm", kNumberTypes,
                                "Computes the square root of the sum of squares of `input` over the dimensions "
                                "`reduction_indices`, which stay with size 1 if keep_dims is set.")
        .not_differentiable(),
};

REFLOW_OP("All")
    .input("input: bool").input("reduction_indices: Tidx").output("output: bool").attr("keep_dims: bool = false")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("Tells whether all elements of `input` are true over the dimensions `reduction_indices`, which stay with size "
         "1 if keep_dims is set.")
    .shape(reduction_shape).kernel<Reduction<All, bool>>(kCpu);

REFLOW_OP("Any")
    .input("input: bool").input("reduction_indices: Tidx").output("output: bool").attr("keep_dims: bool = false")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("Tells whether any element of `input` is true over the dimensions `reduction_indices`, which stay with size 1 "
         "if keep_dims is set.")
    .shape(reduction_shape).kernel<Reduction<Any, bool>>(kCpu);

}  // namespace
}  // namespace reflow::ops
