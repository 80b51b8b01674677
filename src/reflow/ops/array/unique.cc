// What is there: Where gives the places of elements that aren't zero, Unique the different values of a vector.

#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

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
    for (int64_t i = 0; i < n; ++i) found += x[i] != T(0);
    RETURN_IF_ERROR(c.allocate_output(0, Shape{found, rank}));
    int64_t* out = c.output(0).data<int64_t>();
    int64_t index[Shape::kMaxRank] = {};
    for (int64_t i = 0; i < n; ++i) {
      if (x[i] != T(0)) {
        std::copy(index, index + rank, out);
        out += rank;
      }
      for (int d = rank - 1; d >= 0 && ++index[d] == in.dim(d); --d) index[d] = 0;
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

}  // namespace
}  // namespace reflow::ops
