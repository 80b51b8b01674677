#pragma once

// Batches of matrices [..., rows, columns] for Eigen, and what ops over them have in common.

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <Eigen/Core>
#include <complex>

#include "reflow/op/op.h"

namespace reflow::ops {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using MatrixView = Eigen::Map<Matrix<T>>;
template <typename T>
using ConstMatrixView = Eigen::Map<const Matrix<T>>;

// Decompositions that take long to compile work in double precision whatever the type of their matrices is.
template <typename T>
struct WideType {
  using type = double;
};
template <typename T>
struct WideType<std::complex<T>> {
  using type = std::complex<double>;
};
template <typename T>
using WideMatrix = Eigen::Matrix<typename WideType<T>::type, Eigen::Dynamic, Eigen::Dynamic>;
template <typename T>
WideMatrix<T> widened(const ConstMatrixView<T>& m) {
  return m.template cast<typename WideType<T>::type>();
}

// The types that TensorFlow has linear algebra for on a CPU.
inline constexpr Types<float, double, std::complex<float>, std::complex<double>> kMatrixTypes{};

// How many matrices there are, and how large. REQUIRES: rank of `shape` >= 2.
struct MatrixBatch {
  explicit MatrixBatch(const Shape& shape) : rows(shape.dim(shape.rank() - 2)), columns(shape.dim(shape.rank() - 1)) {
    for (int i = 0; i < shape.rank() - 2; ++i) count *= shape.dim(i);
  }
  int64_t count = 1, rows, columns;
};

// Matrix i of a tensor [..., rows, columns].
template <typename T>
ConstMatrixView<T> matrix_at(const Tensor& t, int64_t i) {
  const MatrixBatch b(t.shape());
  return {t.data<T>() + i * b.rows * b.columns, b.rows, b.columns};
}
template <typename T>
MatrixView<T> matrix_at(Tensor& t, int64_t i) {
  const MatrixBatch b(t.shape());
  return {t.data<T>() + i * b.rows * b.columns, b.rows, b.columns};
}

// Calls f(i), which returns a Status, for each of `count` matrices on the threads of the context; `cost_ns` is that of
// one. The first error that is met.
template <typename F>
Status for_each_matrix(op::KernelContext& c, int64_t count, double cost_ns, F&& f) {
  absl::Mutex mutex;
  Status first;
  c.pool().parallel_for(count, cost_ns, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      Status status = f(i);
      if (status.ok()) continue;
      absl::MutexLock lock(&mutex);
      if (first.ok()) first = std::move(status);
      return;
    }
  });
  return first;
}

// Shape functions and checks, in matrices.cc.
// [..., n, n], as a shape function knows it; *n may be unknown. Concrete shapes fail in the words of the kernels.
Status square_matrices(op::ShapeContext& c, int input, Shape* out);
// The output has the shape of the square matrices in input 0.
Status square_shape(op::ShapeContext& c);
// For ops of old graphs, of whose outputs TensorFlow says nothing before they run.
template <Status (*kShape)(op::ShapeContext&)>
Status unknown_until_run(op::ShapeContext& c) {
  return c.concrete() ? kShape(c) : unknown_shape(c);
}
// [..., m, k] for matrices [..., m, n] and right-hand sides [..., m, k], of equal batch dimensions; the first output has
// n instead of m rows. `square`: m = n.
Status solve_shape(op::ShapeContext& c, bool square);

}  // namespace reflow::ops
