// Operators that are diagonal in Fourier space, and those that are part of one.

#include <fmt/format.h>

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/fft_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

DType complex_type(DType type) {
  const bool is_double = type == DType::kFloat64 || type == DType::kComplex128;
  return is_double ? DType::kComplex128 : DType::kComplex64;
}

Output to_complex(const Output& x) {
  const DType type = base_type(x.dtype());
  return is_complex(type) ? x : cast(x, complex_type(type));
}

Output transformed(const Output& x, int depth) { return depth == 1 ? fft(x) : depth == 2 ? fft2d(x) : fft3d(x); }
Output transformed_back(const Output& x, int depth) { return depth == 1 ? ifft(x) : depth == 2 ? ifft2d(x) : ifft3d(x); }

// `x` with its last dimension first, or its first dimension last.
Output rotated(const Output& x, bool last_first) {
  const int rank = x.shape().rank();
  if (rank >= 0) {
    std::vector<int32_t> order;
    for (int i = 0; i < rank; ++i) order.push_back((i + (last_first ? rank - 1 : 1)) % rank);
    return transpose(x, order);
  }
  const Output dims = reflow::rank(x);
  const Output one = constant(1);
  const Output order = last_first ? concat({expand_dims(dims - 1, 0), range(0, dims - 1)}, 0)
                                  : concat({range(one, dims), {0}}, 0);
  return transpose(x, order);
}

std::shared_ptr<const LinearOperatorState> circulant(const TensorLike& spectrum, int depth, const CirculantOptions& options,
                                                     const char* class_name) {
  LinearOperatorHints hints = named(options.hints, class_name);
  const name_scope scope(hints.name);
  const Output numbers = tensor_of_rank(spectrum, "spectrum", depth);
  if (!is_complex(base_type(numbers.dtype()))) {
    if (hints.is_self_adjoint == false) throw ValueError("A real spectrum always corresponds to a self-adjoint operator.");
    hints.is_self_adjoint = true;
  }
  if (hints.is_square == false) throw ValueError("A [[nested] block] circulant operator is always square.");
  hints.is_square = true;
  return std::make_shared<CirculantState>(numbers, depth, options.input_output_dtype, hints);
}

class ToeplitzState : public LinearOperatorState {
 public:
  ToeplitzState(const Output& col, const Output& row, LinearOperatorHints hints)
      : LinearOperatorState(row.dtype(), std::move(hints)), col_(col), row_(row), circulant_(around(col, row)) {}
  const Output& col() const { return col_; }
  const Output& row() const { return row_; }

  Shape shape() const override {
    const Shape vectors = broadcast_static_shape(row_.shape(), col_.shape());
    return with_dims(vectors, {dimension(vectors, -1)});
  }
  Output shape_tensor() const override {
    const Output sizes = broadcast_dynamic_shape(reflow::shape(row_), reflow::shape(col_));
    return concat({sizes, expand_dims(sizes[-1], 0)}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    const Output argument = adjoint_if(adjoint_arg, x);
    const Output padded = concat({argument, zeros_like(argument)}, -2);
    const Output result = circulant_.matmul(padded, {.adjoint = adjoint});
    return cast(result[{ellipsis, Slice({}, self().domain_dimension_tensor()), Slice()}], dtype_);
  }
  Output trace() const override { return cast(self().domain_dimension_tensor(), dtype_) * col_[{ellipsis, 0}]; }
  Output diag_part() const override {
    return col_[{ellipsis, Slice(0, 1)}] * ones(expand_dims(self().domain_dimension_tensor(), 0), {.dtype = dtype_});
  }
  Operation assert_self_adjoint() const override {
    return assert_equal(row_, col_,
                        {.message = "row and col are not the same, and so this operator is not self-adjoint."});
  }

 private:
  // The circulant matrix of twice the size that has this one in its corner.
  static LinearOperator around(const Output& col, const Output& row) {
    const Output zero = zeros_like(col[{ellipsis, Slice(0, 1)}]);
    const Output back = reverse(row[{ellipsis, Slice(1, {})}], std::vector<int32_t>{-1});
    const Output first_column = concat({col, zero, back}, -1);
    const Output spectrum = fft(cast(first_column, complex_type(base_type(first_column.dtype()))));
    return LinearOperatorCirculant(spectrum, {.input_output_dtype = base_type(row.dtype()), .hints = {}});
  }

  Output col_, row_;
  LinearOperator circulant_;
};

std::shared_ptr<const LinearOperatorState> toeplitz(const TensorLike& col, const TensorLike& row,
                                                    const LinearOperatorHints& given) {
  LinearOperatorHints hints = named(given, "LinearOperatorToeplitz");
  const name_scope scope(hints.name);
  const Output first_row = tensor_of_rank(row, "row", 1), first_col = tensor_of_rank(col, "col", 1);
  if (dimension(first_row.shape(), -1) != dimension(first_col.shape(), -1)) {
    throw ValueError("Expected square matrix, got row and col with mismatched dimensions.");
  }
  if (hints.is_square == false) throw ValueError("Only square Toeplitz operators currently supported.");
  hints.is_square = true;
  return std::make_shared<ToeplitzState>(first_col, first_row, hints);
}

}  // namespace

LinearOperatorCirculant::LinearOperatorCirculant(const TensorLike& spectrum, const CirculantOptions& options)
    : LinearOperator(circulant(spectrum, 1, options, "LinearOperatorCirculant")) {}
LinearOperatorCirculant::LinearOperatorCirculant(const TensorLike& spectrum, int block_depth, const CirculantOptions& options,
                                                 const char* name)
    : LinearOperator(circulant(spectrum, block_depth, options, name)) {}
const Output& LinearOperatorCirculant::spectrum() const { return static_cast<const CirculantState&>(state()).spectrum(); }

Output LinearOperatorCirculant::convolution_kernel(const std::string& name) const {
  const name_scope scope(this->name() + "/" + name);
  return static_cast<const CirculantState&>(state()).convolution_kernel();
}

Operation LinearOperatorCirculant::assert_hermitian_spectrum(const std::string& name) const {
  const name_scope scope(this->name() + "/" + name);
  return static_cast<const CirculantState&>(state()).assert_hermitian_spectrum();
}

LinearOperatorToeplitz::LinearOperatorToeplitz(const TensorLike& col, const TensorLike& row, const LinearOperatorHints& hints)
    : LinearOperator(toeplitz(col, row, hints)) {}
const Output& LinearOperatorToeplitz::col() const { return static_cast<const ToeplitzState&>(state()).col(); }
const Output& LinearOperatorToeplitz::row() const { return static_cast<const ToeplitzState&>(state()).row(); }

CirculantState::CirculantState(const Output& spectrum, int block_depth, DType input_output_dtype, LinearOperatorHints hints)
    : LinearOperatorState(input_output_dtype, std::move(hints)),
      spectrum_(spectrum),
      complex_spectrum_(to_complex(spectrum)),
      depth_(block_depth) {}

Output CirculantState::convolution_kernel() const { return cast(transformed_back(complex_spectrum_, depth_), dtype_); }

Operation CirculantState::assert_hermitian_spectrum() const {
  const Output imaginary = imag(transformed_back(complex_spectrum_, depth_));
  const DType type = base_type(imaginary.dtype());
  const double eps = type == DType::kFloat64 ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  const Output largest = eps * cast(self().domain_dimension_tensor(), type);
  return assert_less(abs(imaginary), largest, {.message = "Spectrum was not Hermitian"});
}

Shape CirculantState::shape() const {
  const Shape& all = spectrum_.shape();
  if (!all.known_rank()) return Shape::unknown();
  const int64_t size = all.sub_shape(all.rank() - depth_, all.rank()).num_elements();
  return with_dims(all.sub_shape(0, all.rank() - depth_), {size, size});
}

Output CirculantState::shape_tensor() const {
  const Output all = reflow::shape(spectrum_);
  const Output size = expand_dims(reduce_prod(all[Slice(-depth_, {})]), 0);
  return concat({all[Slice({}, -depth_)], size, size}, 0);
}

// The columns of matrices as arrays of `depth_` dimensions, and back.
Output CirculantState::blocks_of(const Output& matrix) const {
  const Output rows_last = rotated(matrix, true);
  const Output block = reflow::shape(spectrum_)[Slice(-depth_, {})];
  return reshape(rows_last, concat({reflow::shape(rows_last)[Slice({}, -1)], block}, 0));
}

Output CirculantState::matrix_of(const Output& blocks) const {
  const Output sizes = reflow::shape(blocks);
  const Output flat = concat({sizes[Slice({}, -depth_)], expand_dims(reduce_prod(sizes[Slice(-depth_, {})]), 0)}, 0);
  return rotated(reshape(blocks, flat), false);
}

template <typename F>
Output CirculantState::in_fourier_space(const Output& x, const Output& spectrum, F&& function) const {
  const Output batch = self().batch_shape_tensor();
  const Output columns = reshape(spectrum, concat({batch, {-1, 1}}, 0));
  const std::vector<Output> both = broadcast_matrix_batch_dims({cast(x, base_type(spectrum.dtype())), columns});
  const Output block = reflow::shape(spectrum_)[Slice(-depth_, {})];
  const Output whole = reshape(both[1], concat({reflow::shape(both[0])[Slice({}, -2)], block}, 0));
  const Output there = transformed(blocks_of(both[0]), depth_);
  return cast(matrix_of(transformed_back(function(there, whole), depth_)), dtype_);
}

Output CirculantState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  const Output argument = adjoint_if(adjoint_arg, x);
  const Output spectrum = adjoint ? conj(complex_spectrum_) : complex_spectrum_;
  return in_fourier_space(argument, spectrum, [](const Output& there, const Output& all) { return all * there; });
}

Output CirculantState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  const Output side = adjoint_if(adjoint_arg, rhs);
  const Output spectrum = adjoint ? conj(complex_spectrum_) : complex_spectrum_;
  return in_fourier_space(side, spectrum, [](const Output& there, const Output& all) { return there / all; });
}

std::vector<int> CirculantState::block_axes() const {
  std::vector<int> axes;
  for (int i = 0; i < depth_; ++i) axes.push_back(-1 - i);
  return axes;
}

Output CirculantState::determinant() const { return cast(reduce_prod(spectrum_, block_axes()), dtype_); }
Output CirculantState::log_abs_determinant() const { return cast(reduce_sum(log(abs(spectrum_)), block_axes()), dtype_); }

Output CirculantState::trace() const {
  const Output sum = reduce_sum(spectrum_, block_axes());
  if (is_complex(dtype_)) return cast(sum, dtype_);
  return cast(real(sum), dtype_);
}

Output CirculantState::diag_part() const {
  const Output size = cast(self().domain_dimension_tensor(), dtype_);
  const Output mean = expand_dims(self().trace() / size, -1);
  return mean * ones(self().shape_tensor()[Slice({}, -1)], {.dtype = dtype_});
}

Operation CirculantState::assert_non_singular() const {
  return assert_no_zeros(spectrum_, "Singular operator:  Spectrum contained zero values.");
}

Operation CirculantState::assert_positive_definite() const {
  return assert_positive(real(spectrum_),
                         {.message = "Not positive definite:  Real part of spectrum was not all positive."});
}

Operation CirculantState::assert_self_adjoint() const {
  return assert_real(spectrum_, "Not self-adjoint:  The spectrum contained non-zero imaginary part.");
}

LinearOperator CirculantState::adjoint() const {
  if (depth_ != 1) return LinearOperatorState::adjoint();
  return LinearOperatorCirculant(conjugated(spectrum_), {.input_output_dtype = dtype_, .hints = hints_of_square(hints_)});
}

LinearOperator CirculantState::inverse() const {
  if (depth_ != 1) return LinearOperatorState::inverse();
  return LinearOperatorCirculant(1. / spectrum_, {.input_output_dtype = dtype_, .hints = hints_of_square(hints_)});
}

}  // namespace reflow::linalg
