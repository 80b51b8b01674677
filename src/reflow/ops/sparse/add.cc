// Two sparse tensors combined entry by entry: sums, maxima, minima.

#include <cmath>
#include <complex>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "reflow/op/op.h"
#include "reflow/op/wrapping.h"
#include "reflow/ops/sparse/sparse_tensor.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

std::string sizes_text(const Tensor& sizes) { return fmt::format("{}", fmt::join(sizes.flat<int64_t>(), " ")); }

// What is the same for all ops of two sparse tensors (inputs 0 to 2 and 3 to 5).
Status check_same_sizes(KernelContext& c) {
  const Tensor &a = c.input(2), &b = c.input(5);
  if (a.rank() != 1 || b.rank() != 1) {
    return invalid_argument("Input shapes should be a vector but received shapes {} and {}", a.shape().str(), b.shape().str());
  }
  if (a.num_elements() != b.num_elements()) {
    return invalid_argument("Operands do not have the same ranks; got shapes: {} and {}", sizes_text(a), sizes_text(b));
  }
  for (int64_t d = 0; d < a.num_elements(); ++d) {
    const int64_t x = a.data<int64_t>()[d], y = b.data<int64_t>()[d];
    if (x != y) return invalid_argument("Operands' shapes do not match: got {} and {} for dimension {}", x, y, d);
  }
  for (const int i : {0, 3}) {
    if (c.input(i).dim(1) == a.num_elements()) continue;
    return invalid_argument("Indices of shape {} do not belong to a tensor of rank {}", c.input(i).shape().str(),
                            a.num_elements());
  }
  return OkStatus();
}

Status check_counts(KernelContext& c) {
  const int64_t a = c.input(0).dim(0), b = c.input(3).dim(0);
  if (c.input(1).num_elements() == a && c.input(4).num_elements() == b) return OkStatus();
  return invalid_argument("Expected {} and {} non-empty input values, got {} and {}", a, b, c.input(1).num_elements(),
                          c.input(4).num_elements());
}

// Walks over the entries of both in order: f(entry of a or -1, entry of b or -1).
template <typename F>
void merge_entries(const IndexRows& a, const IndexRows& b, F&& f) {
  int64_t i = 0, k = 0;
  while (i < a.size() || k < b.size()) {
    const int order = i == a.size() ? 1 : k == b.size() ? -1 : IndexRows::compare(a[i], b[k], a.rank());
    f(order <= 0 ? i : -1, order >= 0 ? k : -1);
    i += order <= 0;
    k += order >= 0;
  }
}

template <typename T>
struct Merged {
  std::vector<const int64_t*> rows;
  std::vector<T> values;
};

template <typename T>
Status put_entries(KernelContext& c, const Merged<T>& merged, int rank) {
  const auto n = static_cast<int64_t>(merged.values.size());
  RETURN_IF_ERROR(c.allocate_output(0, Shape{n, rank}));
  RETURN_IF_ERROR(c.allocate_output(1, Shape{n}));
  int64_t* out = c.output(0).data<int64_t>();
  for (const int64_t* row : merged.rows) out = std::copy_n(row, rank, out);
  std::copy(merged.values.begin(), merged.values.end(), c.output(1).data<T>());
  return OkStatus();
}

template <typename T>
double magnitude(const T& v) {
  if constexpr (is_complex(dtype_of<T>)) {
    return static_cast<double>(std::abs(v));
  } else {
    return std::abs(static_cast<double>(v));
  }
}

template <typename T>
class SparseAdd : public Kernel {
 public:
  explicit SparseAdd(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for (const int i : {0, 3}) {
      if (c.input(i).rank() == 2) continue;
      return invalid_argument("Input indices should be matrices but received shapes: {} and {}", c.input(0).shape().str(),
                              c.input(3).shape().str());
    }
    for (const int i : {1, 4}) {
      if (c.input(i).rank() == 1) continue;
      return invalid_argument("Input values should be vectors but received shapes: {} and {}", c.input(1).shape().str(),
                              c.input(4).shape().str());
    }
    RETURN_IF_ERROR(check_counts(c));
    RETURN_IF_ERROR(check_same_sizes(c));
    const Tensor& threshold = c.input(6);
    if (threshold.rank() != 0) {
      return invalid_argument("The magnitude threshold must be a scalar: got shape {}", threshold.shape().str());
    }
    double least = 0;
    with_type(kRealTypes, threshold.dtype(), [&]<typename R>() { least = static_cast<double>(threshold.item<R>()); });
    const IndexRows a(c.input(0)), b(c.input(3));
    const T *a_values = c.input(1).data<T>(), *b_values = c.input(4).data<T>();
    Merged<T> sum;
    merge_entries(a, b, [&](int64_t i, int64_t k) {
      const T value = i < 0 ? b_values[k] : k < 0 ? a_values[i] : wrapping_sum(a_values[i], b_values[k]);
      if (i >= 0 && k >= 0 && !(least <= magnitude(value))) return;  // entries of one of them are taken as they are
      sum.rows.push_back(i < 0 ? b[k] : a[i]);
      sum.values.push_back(value);
    });
    RETURN_IF_ERROR(put_entries(c, sum, a.rank()));
    RETURN_IF_ERROR(c.allocate_output(2, c.input(2).shape()));
    std::copy_n(c.input(2).data<int64_t>(), a.rank(), c.output(2).data<int64_t>());
    return OkStatus();
  }
};

Status add_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape sizes;
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &sizes));
  c.set_output(0, Shape{Shape::kUnknown, sizes.dim(0)});
  c.set_output(1, Shape{Shape::kUnknown});
  c.set_output(2, std::move(sizes));
  return OkStatus();
}

REFLOW_OP("SparseAdd")
    .input("a_indices: int64")
    .input("a_values: T")
    .input("a_shape: int64")
    .input("b_indices: int64")
    .input("b_values: T")
    .input("b_shape: int64")
    .input("thresh: Treal")
    .output("sum_indices: int64")
    .output("sum_values: T")
    .output("sum_shape: int64")
    .attr("T: numbertype")
    .attr("Treal: realnumbertype")
    .doc("The sum of two sparse tensors of one shape, without the sums of two entries whose magnitude is below `thresh`.")
    .shape(add_shape)
    .kernel<SparseAdd>(kCpu, Types<float, double, int64_t, int32_t, int16_t, int8_t>{} + kComplexTypes)
    .gradient([](GradContext& g) {
      Node* grad = g.ops("SparseAddGrad", {g.dy(1), g.x(0), g.x(3), g.y(0)});
      if (grad == nullptr) return;
      g.dx(1) = Endpoint{grad, 0};
      g.dx(4) = Endpoint{grad, 1};
    });

template <typename T>
class SparseAddGrad : public Kernel {
 public:
  explicit SparseAddGrad(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &dy = c.input(0), &a = c.input(1), &b = c.input(2), &sum = c.input(3);
    if (a.rank() != 2 || b.rank() != 2 || sum.rank() != 2) {
      return invalid_argument("Input indices should be matrices but received shapes: {} and {} and {}", a.shape().str(),
                              b.shape().str(), sum.shape().str());
    }
    if (dy.rank() != 1) {
      return invalid_argument("Input backprop_val_grad should be a vector but received shape: {}", dy.shape().str());
    }
    if (a.dim(1) != b.dim(1) || b.dim(1) != sum.dim(1)) {
      return invalid_argument("The densified operands should have the same ndims; for A, B, sum got: {}{}{}", a.dim(1),
                              b.dim(1), sum.dim(1));
    }
    if (dy.num_elements() != sum.dim(0)) {
      return invalid_argument(
          "# elements of backprop_val_grad and # rows of sum_indices should match (#nnz of sum): got {} and {}",
          dy.num_elements(), sum.dim(0));
    }
    RETURN_IF_ERROR(c.allocate_output(0, Shape{a.dim(0)}));
    RETURN_IF_ERROR(c.allocate_output(1, Shape{b.dim(0)}));
    spread(IndexRows(a), IndexRows(sum), dy.data<T>(), c.output(0).data<T>());
    spread(IndexRows(b), IndexRows(sum), dy.data<T>(), c.output(1).data<T>());
    return OkStatus();
  }

 private:
  // Entries that the sum lacks have no gradient.
  static void spread(const IndexRows& x, const IndexRows& sum, const T* dy, T* dx) {
    merge_entries(x, sum, [&](int64_t i, int64_t k) {
      if (i >= 0) dx[i] = k < 0 ? T(0) : dy[k];
    });
  }
};

Status add_grad_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape a, b;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 2, &a));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 2, &b));
  c.set_output(0, Shape{a.dim(0)});
  c.set_output(1, Shape{b.dim(0)});
  return OkStatus();
}

REFLOW_OP("SparseAddGrad")
    .input("backprop_val_grad: T")
    .input("a_indices: int64")
    .input("b_indices: int64")
    .input("sum_indices: int64")
    .output("a_val_grad: T")
    .output("b_val_grad: T")
    .attr("T: numbertype")
    .doc("The gradients of SparseAdd to the values of both operands.")
    .shape(add_grad_shape)
    .kernel<SparseAddGrad>(kCpu, Types<float, double, int64_t, int32_t, int16_t, int8_t>{} + kComplexTypes)
    .not_differentiable();

// An entry that one of the two lacks is 0 there.
template <typename T, bool kMax>
class SparseExtreme : public Kernel {
 public:
  explicit SparseExtreme(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if (c.input(0).rank() != 2 || c.input(3).rank() != 2) {
      return invalid_argument("Inputs a_indices and b_indices should be matrices but received shapes: {}, {}",
                              c.input(0).shape().str(), c.input(3).shape().str());
    }
    if (c.input(1).rank() != 1 || c.input(4).rank() != 1) {
      return invalid_argument("Inputs a_values and b_values should be vectors but received shapes: {} and {}",
                              c.input(1).shape().str(), c.input(4).shape().str());
    }
    RETURN_IF_ERROR(check_counts(c));
    RETURN_IF_ERROR(check_same_sizes(c));
    const IndexRows a(c.input(0)), b(c.input(3));
    const T *a_values = c.input(1).data<T>(), *b_values = c.input(4).data<T>();
    Merged<T> result;
    merge_entries(a, b, [&](int64_t i, int64_t k) {
      const T x = i < 0 ? T(0) : a_values[i], y = k < 0 ? T(0) : b_values[k];
      result.rows.push_back(i < 0 ? b[k] : a[i]);
      result.values.push_back((kMax ? x < y : y < x) ? y : x);
    });
    return put_entries(c, result, a.rank());
  }
};
template <typename T>
using SparseMaximum = SparseExtreme<T, true>;
template <typename T>
using SparseMinimum = SparseExtreme<T, false>;

Status extreme_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape checked;
  for (int i = 0; i < 6; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), i % 3 == 0 ? 2 : 1, &checked));
  c.set_output(0, Shape{Shape::kUnknown, Shape::kUnknown});
  c.set_output(1, Shape{Shape::kUnknown});
  return OkStatus();
}

REFLOW_OP("SparseSparseMaximum")
    .input("a_indices: int64")
    .input("a_values: T")
    .input("a_shape: int64")
    .input("b_indices: int64")
    .input("b_values: T")
    .input("b_shape: int64")
    .output("output_indices: int64")
    .output("output_values: T")
    .attr("T: realnumbertype")
    .doc("The larger of two sparse tensors of one shape, element by element; an entry that one lacks is 0 there.")
    .shape(extreme_shape)
    .kernel<SparseMaximum>(kCpu, kRealTypes)
    .gradient([](GradContext&) -> Status {
      return unimplemented("Gradients for SparseSparseMaximum is currently not implemented yet.");
    });

REFLOW_OP("SparseSparseMinimum")
    .input("a_indices: int64")
    .input("a_values: T")
    .input("a_shape: int64")
    .input("b_indices: int64")
    .input("b_values: T")
    .input("b_shape: int64")
    .output("output_indices: int64")
    .output("output_values: T")
    .attr("T: numbertype")
    .doc("The smaller of two sparse tensors of one shape, element by element; an entry that one lacks is 0 there.")
    .shape(extreme_shape)
    .kernel<SparseMinimum>(kCpu, kRealTypes)
    .gradient([](GradContext&) -> Status {
      return unimplemented("Gradients for SparseSparseMinimum is currently not implemented yet.");
    });

}  // namespace
}  // namespace reflow::ops
