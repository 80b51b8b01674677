#pragma once

// Decompositions of single matrices, for the machine's instruction set. Matrices are arrays, row by row; sizes are positive.

#include <complex>
#include <cstdint>

namespace reflow::ops {

template <typename T>
struct Decompositions {
  // `a` or its adjoint, [n, n]: rows of both triangles in `lu`, [n, n], and where each row of the product comes from in
  // `rows`; +1 or -1, the determinant of that permutation.
  int (*lu)(const T* a, int64_t n, bool adjoint, T* lu, int64_t* rows);
  // The inverse of `a` or its adjoint. False: there is none.
  bool (*invert)(const T* a, int64_t n, bool adjoint, T* inverse);
  // The x of a x = b, where x and b are [n, columns]. False: `a` is singular.
  bool (*solve)(const T* a, int64_t n, bool adjoint, const T* b, int64_t columns, T* x);
  // q is [rows, size], r [size, columns]; size is the smaller one of both, or, with `full`, rows.
  void (*qr)(const T* a, int64_t rows, int64_t columns, bool full, T* q, T* r);
  // Singular values s, [size]; u is [rows, size], v [columns, size], or square with `full`; null: they aren't wanted.
  void (*svd)(const T* a, int64_t rows, int64_t columns, bool full, T* s, T* u, T* v);
  // Eigenvalues, [n], of what the lower triangle says; vectors [n, n]; null: they aren't wanted. False: not found.
  bool (*self_adjoint_eig)(const T* a, int64_t n, T* values, T* vectors);
};

template <typename T>
const Decompositions<T>& decompositions();
template <>
const Decompositions<float>& decompositions();
template <>
const Decompositions<double>& decompositions();
template <>
const Decompositions<std::complex<float>>& decompositions();
template <>
const Decompositions<std::complex<double>>& decompositions();

}  // namespace reflow::ops
