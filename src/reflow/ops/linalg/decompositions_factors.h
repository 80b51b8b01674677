// What of decompositions.h isn't the singular values, for the instruction set REFLOW_INSTRUCTION_SET. Included by the sources
// that are made from decompositions.cc.in, behind Eigen; no guard: each includes this once.

#include "reflow/ops/linalg/decompositions_parts.h"

namespace reflow::ops::REFLOW_INSTRUCTION_SET {
namespace {

template <typename T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using View = Eigen::Map<RowMajor<T>>;
template <typename T>
using ConstView = Eigen::Map<const RowMajor<T>>;

template <typename T>
using ColumnMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

template <typename T>
RowMajor<T> adjoint_if(bool adjoint, const T* a, int64_t n) {
  const ConstView<T> matrix(a, n, n);
  return adjoint ? RowMajor<T>(matrix.adjoint()) : RowMajor<T>(matrix);
}

// Eigen doesn't look whether a matrix is singular: then there is a zero on the diagonal.
template <typename T>
bool is_regular(const Eigen::PartialPivLU<RowMajor<T>>& lu) {
  return lu.matrixLU().diagonal().cwiseAbs().minCoeff() > 0;
}

template <typename T>
int lu_of(const T* a, int64_t n, bool adjoint, T* lu, int64_t* rows) {
  const Eigen::PartialPivLU<RowMajor<T>> decomposed(adjoint_if(adjoint, a, n));
  View<T>(lu, n, n) = decomposed.matrixLU();
  for (int64_t i = 0; i < n; ++i) rows[decomposed.permutationP().indices()(i)] = i;
  return static_cast<int>(decomposed.permutationP().determinant());
}

template <typename T>
bool inverse_of(const T* a, int64_t n, bool adjoint, T* inverse) {
  const Eigen::PartialPivLU<RowMajor<T>> lu(adjoint_if(adjoint, a, n));
  if (!is_regular<T>(lu)) return false;
  View<T>(inverse, n, n) = lu.inverse();
  return true;
}

template <typename T>
bool solution_of(const T* a, int64_t n, bool adjoint, const T* b, int64_t columns, T* x) {
  const Eigen::PartialPivLU<RowMajor<T>> lu(adjoint_if(adjoint, a, n));
  if (!is_regular<T>(lu)) return false;
  View<T>(x, n, columns) = lu.solve(ConstView<T>(b, n, columns));
  return true;
}

template <typename T>
void qr_of(const T* a, int64_t rows, int64_t columns, bool full, T* q, T* r) {
  const int64_t size = full ? rows : std::min(rows, columns);
  const Eigen::HouseholderQR<ColumnMajor<T>> qr(ConstView<T>(a, rows, columns));
  View<T>(q, rows, size) = qr.householderQ() * ColumnMajor<T>::Identity(rows, size);
  View<T> triangle(r, size, columns);
  triangle = qr.matrixQR().topRows(size);
  for (int64_t i = 1; i < size; ++i) triangle.row(i).head(std::min(i, columns)).setZero();
}

template <typename T>
bool eig_of(const T* a, int64_t n, T* values, T* vectors) {
  const Eigen::SelfAdjointEigenSolver<ColumnMajor<T>> solver(ConstView<T>(a, n, n),
                                                             vectors ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) return false;
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(solver.eigenvalues()(i));
  if (vectors) View<T>(vectors, n, n) = solver.eigenvectors();
  return true;
}

}  // namespace

template <typename T>
void put_factors(Decompositions<T>& all) {
  all.lu = lu_of<T>;
  all.invert = inverse_of<T>;
  all.solve = solution_of<T>;
  all.qr = qr_of<T>;
  all.self_adjoint_eig = eig_of<T>;
}

}  // namespace reflow::ops::REFLOW_INSTRUCTION_SET
