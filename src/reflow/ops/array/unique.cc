// What is there: Where gives the places of elements that aren't zero, Unique the different values of a vector.

#include <algorithm>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Writes the places of elements that aren't zero to [out, end). Which are zero nobody foresees: the place of each is
// written, and of those that count the next one is written behind it. kRank 0: any.
template <int kRank, typename T>
void write_places(const T* x, int64_t columns, int64_t* out, int64_t* end, const Shape& shape) {
  const int rank = kRank > 0 ? kRank : shape.rank();
  int64_t row[Shape::kMaxRank] = {};
  while (true) {
    for (int64_t j = 0; j < columns; ++j) {
      for (int d = 0; d + 1 < rank; ++d) out[d] = row[d];
      if (rank > 0) out[rank - 1] = j;
      out += x[j] != T(0) ? rank : 0;
      if (out == end) return;
    }
    x += columns;
    for (int d = rank - 2; d >= 0 && ++row[d] == shape.dim(d); --d) row[d] = 0;
  }
}

template <typename T>
class Where : public Kernel {
 public:
  explicit Where(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const T* x = in.data<T>();
    const int64_t n = in.num_elements();
    const int rank = in.rank();
    int64_t found = 0;
    simd_loop([&]() REFLOW_SIMD_BODY {
      for (int64_t i = 0; i < n; ++i) found += x[i] != T(0);
    });
    RETURN_IF_ERROR(c.allocate_output(0, Shape{found, rank}));
    if (found == 0) return OkStatus();
    int64_t* const out = c.output(0).data<int64_t>();
    int64_t* const end = out + found * rank;
    if (rank == 1) {
      write_places<1>(x, n, out, end, {});
    } else if (rank == 2) {
      write_places<2>(x, in.dim(1), out, end, in.shape());
    } else {
      write_places<0>(x, rank == 0 ? 1 : in.dim(rank - 1), out, end, in.shape());
    }
    return OkStatus();
  }
};

Status where_shape(ShapeContext& c) {
  c.set_output(0, Shape{Shape::kUnknown, c.input(0).known_rank() ? c.input(0).rank() : Shape::kUnknown});
  return OkStatus();
}

REFLOW_OP("Where")
    .input("input: T")
    .output("index: int64")
    .attr("T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
          "complex128, half, uint32, uint64, bool} = DT_BOOL")
    .doc("The indices of all elements of `input` that aren't zero or false, one row each, in row-major order.")
    .shape(where_shape)
    .kernel<Where>(kCpu, kNumberTypes + Types<bool>{});

// Elements that are the same have the same hash: 0 and -0 too.
template <typename T>
struct ElementHash {
  size_t operator()(const T& x) const {
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
      return std::hash<float>()(static_cast<float>(x));
    } else if constexpr (is_complex(dtype_of<T>)) {
      return std::hash<typename T::value_type>()(x.real()) * 31 + std::hash<typename T::value_type>()(x.imag());
    } else {
      return std::hash<T>()(x);
    }
  }
};

// y: the values in order of their first place; idx: where each element of x is in y.
template <typename T>
class Unique : public Kernel {
 public:
  explicit Unique(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (in.rank() != 1) return invalid_argument("unique expects a 1D vector.");
    const int64_t n = in.num_elements();
    if (n > INT32_MAX) return invalid_argument("unique does not support input tensors larger than {} elements", INT32_MAX);
    const T* x = in.data<T>();
    RETURN_IF_ERROR(c.allocate_output(1, Shape{n}));
    std::unordered_map<T, int64_t, ElementHash<T>> places;
    places.reserve(static_cast<size_t>(n));
    std::vector<int64_t> counts;
    for (int64_t i = 0; i < n; ++i) {
      const auto [at, is_new] = places.try_emplace(x[i], static_cast<int64_t>(places.size()));
      if (is_new) counts.push_back(0);
      ++counts[at->second];
      put_int(c.output(1), i, at->second);
    }
    const auto size = static_cast<int64_t>(counts.size());
    RETURN_IF_ERROR(c.allocate_output(0, Shape{size}));
    T* y = c.output(0).data<T>();
    for (const auto& [value, place] : places) y[place] = value;
    if (c.num_outputs() < 3) return OkStatus();
    RETURN_IF_ERROR(c.allocate_output(2, Shape{size}));
    for (int64_t i = 0; i < size; ++i) put_int(c.output(2), i, counts[i]);
    return OkStatus();
  }
};

// The same for the slices of x along one axis: x is [outer, n, inner], and slice i all of x[:, i, :].
template <typename T>
class UniqueSlices {
 public:
  UniqueSlices(const T* x, int64_t outer, int64_t n, int64_t inner) : x_(x), outer_(outer), n_(n), inner_(inner) {}

  // Calls with(o, e) for the outer index and the first element of each run of slice i, while it gives true.
  template <typename F>
  bool all_runs(int64_t i, F&& with) const {
    for (int64_t o = 0; o < outer_; ++o) {
      if (!with(o, x_ + (o * n_ + i) * inner_)) return false;
    }
    return true;
  }
  size_t operator()(int64_t i) const {  // hash
    size_t hash = 0;
    all_runs(i, [&](int64_t, const T* run) {
      for (int64_t k = 0; k < inner_; ++k) hash = hash * 31 + ElementHash<T>()(run[k]);
      return true;
    });
    return hash;
  }
  bool operator()(int64_t i, int64_t j) const {  // equal
    return all_runs(i, [&](int64_t o, const T* run) { return std::equal(run, run + inner_, x_ + (o * n_ + j) * inner_); });
  }
  void copy_to(int64_t i, T* y, int64_t place, int64_t num_places) const {
    all_runs(i, [&](int64_t o, const T* run) {
      std::copy_n(run, inner_, y + (o * num_places + place) * inner_);
      return true;
    });
  }

 private:
  const T* x_;
  int64_t outer_, n_, inner_;
};

template <typename T>
class UniqueV2 : public Kernel {
 public:
  explicit UniqueV2(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    int axis = 0;
    RETURN_IF_ERROR(read_axis(c.input(1), in.rank(), &axis));
    const int64_t n = in.dim(axis);
    if (n > INT32_MAX) return invalid_argument("unique does not support input tensors larger than {} elements", INT32_MAX);
    int64_t outer = 1, inner = 1;
    for (int d = 0; d < axis; ++d) outer *= in.dim(d);
    for (int d = axis + 1; d < in.rank(); ++d) inner *= in.dim(d);
    const UniqueSlices<T> slices(in.data<T>(), outer, n, inner);
    RETURN_IF_ERROR(c.allocate_output(1, Shape{n}));
    std::unordered_map<int64_t, int64_t, UniqueSlices<T>, UniqueSlices<T>> places(static_cast<size_t>(n) + 1, slices, slices);
    std::vector<int64_t> counts, firsts;
    for (int64_t i = 0; i < n; ++i) {
      const auto [at, is_new] = places.try_emplace(i, static_cast<int64_t>(firsts.size()));
      if (is_new) {
        firsts.push_back(i);
        counts.push_back(0);
      }
      ++counts[at->second];
      put_int(c.output(1), i, at->second);
    }
    const auto size = static_cast<int64_t>(firsts.size());
    Shape shape = in.shape();
    shape.set_dim(axis, size);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    for (int64_t i = 0; i < size; ++i) slices.copy_to(firsts[i], c.output(0).template data<T>(), i, size);
    if (c.num_outputs() < 3) return OkStatus();
    RETURN_IF_ERROR(c.allocate_output(2, Shape{size}));
    for (int64_t i = 0; i < size; ++i) put_int(c.output(2), i, counts[i]);
    return OkStatus();
  }

 private:
  // No axis is the only one of a vector.
  static Status read_axis(const Tensor& axes, int rank, int* axis) {
    if (axes.rank() != 1) return invalid_argument("axis expects a 1D vector.");
    if (axes.num_elements() > 1) return invalid_argument("axis does not support input tensors larger than 1 elements");
    if (axes.num_elements() == 0) {
      if (rank != 1) return invalid_argument("unique expects a 1D vector.");
      *axis = 0;
      return OkStatus();
    }
    int64_t a = IndexReader(axes)[0];
    if (a < 0) a += rank;
    if (a < 0 || a >= rank) return invalid_argument("axis has to be between [0, {})", rank);
    *axis = static_cast<int>(a);
    return OkStatus();
  }
};

Status unique_v2_shape(ShapeContext& c) {
  c.set_output(0, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown});
  c.set_output(1, c.concrete() ? Shape{Shape::kUnknown} : c.input(0));
  if (c.num_outputs() == 3) c.set_output(2, Shape{Shape::kUnknown});
  return OkStatus();
}

Status unique_shape(ShapeContext& c) {
  Shape vector;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &vector));
  c.set_output(0, Shape{Shape::kUnknown});
  c.set_output(1, c.input(0));
  if (c.num_outputs() == 3) c.set_output(2, Shape{Shape::kUnknown});
  return OkStatus();
}

REFLOW_OP("Unique")
    .input("x: T")
    .output("y: T")
    .output("idx: out_idx")
    .attr("T: type")
    .attr("out_idx: {int32, int64} = DT_INT32")
    .doc("The different values of the vector `x` in order of their first place, and for each element its place in `y`.")
    .shape(unique_shape)
    .kernel<Unique>(kCpu, kRealTypes + Types<bool, std::string>{});

REFLOW_OP("UniqueWithCounts")
    .input("x: T")
    .output("y: T")
    .output("idx: out_idx")
    .output("count: out_idx")
    .attr("T: type")
    .attr("out_idx: {int32, int64} = DT_INT32")
    .doc("Unique, and how often each value occurs.")
    .shape(unique_shape)
    .kernel<Unique>(kCpu, kRealTypes + Types<bool, std::string>{});

REFLOW_OP("UniqueV2")
    .input("x: T")
    .input("axis: Taxis")
    .output("y: T")
    .output("idx: out_idx")
    .attr("T: type")
    .attr("Taxis: {int32, int64} = DT_INT64")
    .attr("out_idx: {int32, int64} = DT_INT32")
    .doc("The different slices of `x` along `axis`, a vector of one, in order of their first place, and for each slice its "
         "place in `y`. Without an axis `x` is a vector.")
    .shape(unique_v2_shape)
    .kernel<UniqueV2>(kCpu, kRealTypes + Types<bool, std::string>{});

REFLOW_OP("UniqueWithCountsV2")
    .input("x: T")
    .input("axis: Taxis")
    .output("y: T")
    .output("idx: out_idx")
    .output("count: out_idx")
    .attr("T: type")
    .attr("Taxis: {int32, int64} = DT_INT64")
    .attr("out_idx: {int32, int64} = DT_INT32")
    .doc("UniqueV2, and how often each slice occurs.")
    .shape(unique_v2_shape)
    .kernel<UniqueV2>(kCpu, kRealTypes + Types<bool, std::string>{});

}  // namespace
}  // namespace reflow::ops
