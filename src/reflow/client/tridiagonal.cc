// Systems and products with matrices of three diagonals.

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/matrix_functions.h"
#include "reflow/client/python_text.h"

namespace reflow::linalg {
namespace {

using client::python_shape;

struct Diagonals {
  Output super, main, sub;
};

int64_t size_at(const Output& x, int axis) {
  const int i = x.shape().rank() + axis;
  return x.shape().known_rank() && i >= 0 ? x.shape().dim(i) : -1;
}

Shape without_last(const Shape& shape, int count) {
  return shape.known_rank() && shape.rank() >= count ? shape.sub_shape(0, shape.rank() - count) : Shape::unknown();
}

std::string text_of(int64_t size) { return size < 0 ? "?" : std::to_string(size); }

// `diagonal` with a zero at one end where it is one element shorter than the main diagonal.
Output padded(const Output& diagonal, const char* name, int64_t size, bool at_end) {
  const int64_t found = size_at(diagonal, -1);
  if (found <= 0 || found == size) return diagonal;
  if (found != size - 1) {
    throw ValueError(fmt::format("Expected {} to be have length {} or {}, got {}.", name, text_of(size), size - 1, found));
  }
  std::vector<int32_t> paddings(2 * diagonal.shape().rank(), 0);
  paddings[paddings.size() - (at_end ? 1 : 2)] = 1;
  return pad(diagonal, reshape(constant(paddings), {-1, 2}));
}

Diagonals of_sequence(const TensorLike& diagonals) {
  if (!diagonals.list() || diagonals.list()->size() != 3) throw ValueError("Expected diagonals to be a sequence of length 3.");
  const Output super = convert_to_tensor((*diagonals.list())[0]);
  const Output main = convert_to_tensor((*diagonals.list())[1]);
  const Output sub = convert_to_tensor((*diagonals.list())[2]);
  const Shape batch = without_last(main.shape(), 1);
  if (!without_last(sub.shape(), 1).compatible_with(batch) || !without_last(super.shape(), 1).compatible_with(batch)) {
    throw ValueError(fmt::format("Tensors representing the three diagonals must have the same shape,except for the last "
                                 "dimension, got {}, {}, {}",
                                 python_shape(sub.shape()), python_shape(main.shape()), python_shape(super.shape())));
  }
  const int64_t size = size_at(main, -1);
  const Output above = padded(super, "superdiagonal", size, true);
  return {above, main, padded(sub, "subdiagonal", size, false)};
}

Diagonals of_matrix(const Output& matrix) {
  const int64_t rows = size_at(matrix, -2), columns = size_at(matrix, -1);
  if (rows <= 0 || columns <= 0) {
    throw ValueError("The size of the matrix needs to be known for diagonals_format=\"matrix\"");
  }
  if (rows != columns) {
    throw ValueError(fmt::format("Expected last two dimensions of diagonals to be same, got {} and {}", rows, columns));
  }
  const auto beside = [&](bool above) {
    const Index all_but_last = Slice({}, -1), all_but_first = Slice(1, {});
    const Output diagonal = rows == 1 ? matrix[{ellipsis, 0, Slice({}, 0)}]
                            : above   ? matrix_diag_part(matrix[{ellipsis, all_but_last, all_but_first}])
                                      : matrix_diag_part(matrix[{ellipsis, all_but_first, all_but_last}]);
    std::vector<int32_t> paddings(2 * (matrix.shape().rank() - 1), 0);
    paddings[paddings.size() - (above ? 1 : 2)] = 1;
    return pad(diagonal, reshape(constant(paddings), {-1, 2}));
  };
  const Output super = beside(true), main = matrix_diag_part(matrix);
  return {super, main, beside(false)};
}

[[noreturn]] void throw_unknown_format(const std::string& format) {
  throw ValueError("Unrecognized diagonals_format: " + format);
}

}  // namespace

Output tridiagonal_solve(const TensorLike& diagonals, const TensorLike& rhs, const TridiagonalSolveOptions& options) {
  const Output given = convert_to_tensor(rhs);
  Output compact;
  if (options.diagonals_format == "compact") {
    compact = convert_to_tensor(diagonals);
  } else if (options.diagonals_format == "sequence" || options.diagonals_format == "matrix") {
    const Diagonals three = options.diagonals_format == "matrix" ? of_matrix(convert_to_tensor(diagonals)) : of_sequence(diagonals);
    compact = stack({three.super, three.main, three.sub}, {.axis = -2, .name = "stack"});
  } else {
    throw_unknown_format(options.diagonals_format);
  }
  const int rank = compact.shape().rank(), rhs_rank = given.shape().rank();
  if (rank < 0 || rhs_rank < 0) throw ValueError("Cannot take the length of shape with unknown rank.");
  if (rank < 2) throw ValueError(fmt::format("Expected diagonals to have rank at least 2, got {}", rank));
  if (rhs_rank != rank && rhs_rank != rank - 1) {
    throw ValueError(fmt::format("Expected the rank of rhs to be {} or {}, got {}", rank - 1, rank, rhs_rank));
  }
  if (size_at(compact, -2) >= 0 && size_at(compact, -2) != 3) {
    throw ValueError(fmt::format("Expected 3 diagonals got {}", size_at(compact, -2)));
  }
  const Shape batch = without_last(compact.shape(), 2), rhs_batch = given.shape().sub_shape(0, rank - 2);
  if (!batch.compatible_with(rhs_batch)) {
    throw ValueError(fmt::format("Batch shapes {} and {} are incompatible", python_shape(batch), python_shape(rhs_batch)));
  }
  const bool is_vector = rhs_rank == rank - 1;
  Output side = given;
  if (is_vector) {
    side = expand_dims(options.conjugate_rhs ? conj(given) : given, -1);
  } else if (options.transpose_rhs) {
    side = options.conjugate_rhs ? adjoint(given) : matrix_transpose(given);
  } else if (options.conjugate_rhs) {
    side = conj(given);
  }
  const int64_t size = size_at(compact, -1), rows = size_at(side, -2);
  if (size >= 0 && rows >= 0 && size != rows) {
    throw ValueError(fmt::format("Expected number of left-hand sided and right-hand sides to be equal, got {} and {}", size, rows));
  }
  const Output result = client::apply_op("TridiagonalSolve", options.name, {compact, side},
                                         {{"partial_pivoting", options.partial_pivoting}});
  return is_vector ? squeeze(result, -1) : result;
}

Output tridiagonal_matmul(const TensorLike& diagonals, const TensorLike& rhs, const TridiagonalMatmulOptions& options) {
  Diagonals three;
  if (options.diagonals_format == "compact") {
    const Output all = convert_to_tensor(diagonals);
    const Output super = all[{ellipsis, 0, Slice()}], main = all[{ellipsis, 1, Slice()}];
    three = {super, main, all[{ellipsis, 2, Slice()}]};
  } else if (options.diagonals_format == "sequence") {
    three = of_sequence(diagonals);
  } else if (options.diagonals_format == "matrix") {
    three = of_matrix(convert_to_tensor(diagonals));
  } else {
    throw_unknown_format(options.diagonals_format);
  }
  const Output super = expand_dims(three.super, -2), main = expand_dims(three.main, -2), sub = expand_dims(three.sub, -2);
  return client::apply_op("TridiagonalMatMul", options.name, {super, main, sub, rhs});
}

}  // namespace reflow::linalg
