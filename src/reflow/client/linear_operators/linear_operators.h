#pragma once

// The classes of linear operators. Hints that contradict the class are a ValueError, with TensorFlow's texts.

#include <optional>
#include <vector>

#include "reflow/client/linear_operators/linear_operator.h"

namespace reflow::linalg {

// A matrix with all its elements, [.., rows, columns].
class LinearOperatorFullMatrix : public LinearOperator {
 public:
  explicit LinearOperatorFullMatrix(const TensorLike& matrix, const LinearOperatorHints& hints = {});
};

// The lower triangle of a square matrix; what is above the diagonal is not looked at.
class LinearOperatorLowerTriangular : public LinearOperator {
 public:
  explicit LinearOperatorLowerTriangular(const TensorLike& tril, const LinearOperatorHints& hints = {});
};

// A diagonal matrix of vectors `diag`, [.., n].
class LinearOperatorDiag : public LinearOperator {
 public:
  explicit LinearOperatorDiag(const TensorLike& diag, const LinearOperatorHints& hints = {});
  const Output& diag() const;
};

struct IdentityOptions {
  TensorLike batch_shape;  // default: one matrix
  DType dtype = float32;
  LinearOperatorHints hints;
  bool assert_proper_shapes = false;  // sizes that aren't known are checked in the run
};
class LinearOperatorIdentity : public LinearOperator {
 public:
  explicit LinearOperatorIdentity(const TensorLike& num_rows, const IdentityOptions& options = {});
};

// The identity times `multiplier`, whose shape is that of the batch.
class LinearOperatorScaledIdentity : public LinearOperator {
 public:
  LinearOperatorScaledIdentity(const TensorLike& num_rows, const TensorLike& multiplier,
                               const LinearOperatorHints& hints = {}, bool assert_proper_shapes = false);
  const Output& multiplier() const;
};

struct ZerosOperatorOptions {
  TensorLike num_columns;  // default: num_rows
  TensorLike batch_shape;  // default: one matrix
  DType dtype = float32;
  LinearOperatorHints hints;  // is_square is true unless it is given
  bool assert_proper_shapes = false;
};
// A matrix of zeros.
class LinearOperatorZeros : public LinearOperator {
 public:
  explicit LinearOperatorZeros(const TensorLike& num_rows, const ZerosOperatorOptions& options = {});
};

// The reflection I - 2 v v^H of vectors v, the axes made of length 1.
class LinearOperatorHouseholder : public LinearOperator {
 public:
  explicit LinearOperatorHouseholder(const TensorLike& reflection_axis, const LinearOperatorHints& hints = {});
  const Output& reflection_axis() const;
};

struct CirculantOptions {
  DType input_output_dtype = complex64;  // of what it is multiplied with
  LinearOperatorHints hints;
};
// F^-1 D F, with F the Fourier transform and D the diagonal of `spectrum`: circular convolution of vectors, images
// and volumes.
class LinearOperatorCirculant : public LinearOperator {
 public:
  explicit LinearOperatorCirculant(const TensorLike& spectrum, const CirculantOptions& options = {});
  const Output& spectrum() const;
  // The kernel of the convolution: the spectrum transformed back.
  Output convolution_kernel(const std::string& name = "convolution_kernel") const;
  // An operation that fails where that isn't real.
  Operation assert_hermitian_spectrum(const std::string& name = "assert_hermitian_spectrum") const;

 protected:
  LinearOperatorCirculant(const TensorLike& spectrum, int block_depth, const CirculantOptions& options, const char* name);
};
class LinearOperatorCirculant2D : public LinearOperatorCirculant {
 public:
  explicit LinearOperatorCirculant2D(const TensorLike& spectrum, const CirculantOptions& options = {})
      : LinearOperatorCirculant(spectrum, 2, options, "LinearOperatorCirculant2D") {}
};
class LinearOperatorCirculant3D : public LinearOperatorCirculant {
 public:
  explicit LinearOperatorCirculant3D(const TensorLike& spectrum, const CirculantOptions& options = {})
      : LinearOperatorCirculant(spectrum, 3, options, "LinearOperatorCirculant3D") {}
};

// A matrix that is constant along diagonals, of its first column and its first row, whose own first element isn't looked at.
class LinearOperatorToeplitz : public LinearOperator {
 public:
  LinearOperatorToeplitz(const TensorLike& col, const TensorLike& row, const LinearOperatorHints& hints = {});
  const Output& col() const;
  const Output& row() const;
};

// The conjugate transpose of an operator.
class LinearOperatorAdjoint : public LinearOperator {
 public:
  explicit LinearOperatorAdjoint(const LinearOperator& op, const LinearOperatorHints& hints = {});
};
// The inverse of an operator, by its `solve`.
class LinearOperatorInversion : public LinearOperator {
 public:
  explicit LinearOperatorInversion(const LinearOperator& op, const LinearOperatorHints& hints = {});
};

// The product of operators, of which the last is applied first. ValueError: none. TypeError: of several types.
class LinearOperatorComposition : public LinearOperator {
 public:
  explicit LinearOperatorComposition(const std::vector<LinearOperator>& operators, const LinearOperatorHints& hints = {});
};
// Square operators along the diagonal, zeros elsewhere.
class LinearOperatorBlockDiag : public LinearOperator {
 public:
  explicit LinearOperatorBlockDiag(const std::vector<LinearOperator>& operators, const LinearOperatorHints& hints = {});
};
// The Kronecker product of operators.
class LinearOperatorKronecker : public LinearOperator {
 public:
  explicit LinearOperatorKronecker(const std::vector<LinearOperator>& operators, const LinearOperatorHints& hints = {});
};

struct LowRankUpdateOptions {
  TensorLike diag_update;  // default: ones
  TensorLike v;            // default: u
  std::optional<bool> is_diag_update_positive;
  LinearOperatorHints hints;
};
// base_operator + u D v^H, with D the diagonal of `diag_update`; u and v are [.., n, rank].
class LinearOperatorLowRankUpdate : public LinearOperator {
 public:
  LinearOperatorLowRankUpdate(const LinearOperator& base_operator, const TensorLike& u,
                              const LowRankUpdateOptions& options = {});
};

}  // namespace reflow::linalg
