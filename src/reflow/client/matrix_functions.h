#pragma once

// Functions of matrices, and systems with three diagonals.

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::linalg {

// exp of matrices [.., n, n], by Pade's approximants, scaling and squaring. ValueError: no floats or complex numbers.
Output expm(const TensorLike& input, const NameOptions& options = {});

// Matrices with three diagonals: of the one above the main diagonal, the main one and the one below, in this order.
// "compact": [.., 3, n], where the last of the first and the first of the last aren't looked at; "sequence": a list of three
// tensors of n elements, the outer ones may have n - 1; "matrix": all of the matrices [.., n, n].
struct TridiagonalSolveOptions {
  std::string diagonals_format = "compact";
  bool transpose_rhs = false;
  bool conjugate_rhs = false;
  std::string name;
  bool partial_pivoting = true;
};
// The x of A x = rhs, for matrices [.., n, m] or vectors [.., n]. ValueError: ranks or sizes that don't fit.
Output tridiagonal_solve(const TensorLike& diagonals, const TensorLike& rhs, const TridiagonalSolveOptions& options = {});

struct TridiagonalMatmulOptions {
  std::string diagonals_format = "compact";
  std::string name;
};
// A rhs, [.., n, m].
Output tridiagonal_matmul(const TensorLike& diagonals, const TensorLike& rhs, const TridiagonalMatmulOptions& options = {});

}  // namespace reflow::linalg
