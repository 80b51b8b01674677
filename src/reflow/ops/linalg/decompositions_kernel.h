// all_decompositions(): what decompositions.h declares, for the instruction set that the source which includes this is compiled
// for. It includes Eigen's Core, Eigenvalues, LU, QR and SVD before. No guard: each source includes this once.

namespace reflow::ops {
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
void svd_of(const T* a, int64_t rows, int64_t columns, bool full, T* s, T* u, T* v) {
  const unsigned options = !u ? 0 : full ? Eigen::ComputeFullU | Eigen::ComputeFullV : Eigen::ComputeThinU | Eigen::ComputeThinV;
  const Eigen::BDCSVD<ColumnMajor<T>> svd(ConstView<T>(a, rows, columns), options);
  for (int64_t i = 0; i < std::min(rows, columns); ++i) s[i] = static_cast<T>(svd.singularValues()(i));
  if (!u) return;
  View<T>(u, rows, svd.matrixU().cols()) = svd.matrixU();
  View<T>(v, columns, svd.matrixV().cols()) = svd.matrixV();
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

template <typename T>
Decompositions<T> decompositions_of() {
  return {lu_of<T>, inverse_of<T>, solution_of<T>, qr_of<T>, svd_of<T>, eig_of<T>};
}
AllDecompositions all_decompositions() {
  return {decompositions_of<float>(), decompositions_of<double>(), decompositions_of<std::complex<float>>(),
          decompositions_of<std::complex<double>>()};
}

}  // namespace
}  // namespace reflow::ops
