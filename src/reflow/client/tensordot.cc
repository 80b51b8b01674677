#include <algorithm>
#include <numeric>
#include <optional>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

// The axes of one operand: known, or a tensor.
struct Axes {
  std::optional<std::vector<int64_t>> known;
  TensorLike tensor;
};
struct AxesOfBoth {
  Axes a, b;
};

std::vector<int64_t> numbers(const TensorLike& list) {
  const Tensor values = client::to_tensor(list, DType::kInt64);
  const auto flat = values.flat<int64_t>();
  return {flat.begin(), flat.end()};
}

AxesOfBoth last_and_first(const Output& a, int64_t count) {
  if (count < 0) throw ValueError("'axes' must be at least 0.");
  const int rank = a.shape().rank();
  if (rank < 0) {
    const Output own_rank = reflow::rank(a);
    const Output begin = own_rank - count;
    const Output last = range(begin, own_rank, {.dtype = int32});
    return {{std::nullopt, last}, {std::nullopt, range(count, {.dtype = int32})}};
  }
  if (count > rank) {
    throw ValueError("'axes' must not be larger than the number of dimensions of tensor " + client::python_tensor(a) +
                     ".");
  }
  std::vector<int64_t> first(count), last(count);
  std::iota(first.begin(), first.end(), 0);
  std::iota(last.begin(), last.end(), rank - count);
  return {{last, {}}, {first, {}}};
}

AxesOfBoth axes_of(const Output& a, const TensorLike& axes) {
  if (const auto* count = std::get_if<int64_t>(&axes.value())) return last_and_first(a, *count);
  const TensorLike::List* pair = axes.list();
  if (!pair || client::is_symbolic(axes)) {
    const Output both = convert(axes, DType::kInt32, "axes");
    const Output of_a = both[0];
    return {{std::nullopt, of_a}, {std::nullopt, both[1]}};
  }
  if (pair->size() != 2) throw ValueError("'axes' must be an integer or have length 2.");
  const std::vector<int64_t> of_a = numbers(pair->front()), of_b = numbers(pair->back());
  if (of_a.size() != of_b.size()) {
    throw ValueError(fmt::format("Different number of contraction axes 'a' and 'b', {} != {}.", of_a.size(),
                                 of_b.size()));
  }
  return {{of_a, {}}, {of_b, {}}};
}

// An operand as a matrix, and the dimensions that stay: as numbers where all are known.
struct Matrix {
  Output matrix;
  std::optional<std::vector<int64_t>> free_dims;
  Output free_dims_tensor;
  Shape known_free_dims = Shape::unknown();
};

// [free, axes], or flipped [axes, free].
template <typename T>
std::vector<T> ordered(const std::vector<T>& free, const std::vector<T>& axes, bool flipped) {
  std::vector<T> all = flipped ? axes : free;
  const std::vector<T>& rest = flipped ? free : axes;
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Matrix dynamic_matrix(const Output& x, const Output& axes, const Output& free, const Output& dims, bool flipped) {
  Matrix result;
  result.free_dims_tensor = gather(dims, free);
  const Output axes_dims = gather(dims, axes);
  const Output free_size = reduce_prod(result.free_dims_tensor);
  const Output axes_size = reduce_prod(axes_dims);
  const Output perm = concat(flipped ? TensorList{axes, free} : TensorList{free, axes}, 0);
  const Output sizes = stack(flipped ? TensorList{axes_size, free_size} : TensorList{free_size, axes_size});
  result.matrix = reshape(transpose(x, perm), sizes);
  return result;
}

Matrix as_matrix(const Output& x, const Axes& axes, bool flipped) {
  const int rank = x.shape().rank();
  if (rank < 0 || !axes.known) {
    const Output dims = shape(x);
    const Output own_rank = reflow::rank(x);
    const TensorLike given = axes.known ? TensorLike(*axes.known) : axes.tensor;
    const Output signed_axes = axes.known ? constant(Tensor::from<int32_t>(
                                                         std::vector<int32_t>(axes.known->begin(), axes.known->end()),
                                                         {static_cast<int64_t>(axes.known->size())}),
                                                     {.name = "axes"})
                                          : convert(given, DType::kInt32, "axes");
    const Output not_negative = signed_axes >= 0;
    const Output positive = where(not_negative, signed_axes, signed_axes + own_rank);
    const Output all = range(own_rank);
    const Output free(client::make_op("ListDiff", "", {all, positive}), 0);
    return dynamic_matrix(x, positive, free, dims, flipped);
  }
  std::vector<int64_t> contracted = *axes.known, free, free_dims;
  for (int64_t& axis : contracted) {
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) throw IndexError("list index out of range");
  }
  for (int i = 0; i < rank; ++i) {
    if (std::ranges::find(contracted, i) != contracted.end()) continue;
    free.push_back(i);
    free_dims.push_back(x.shape().dim(i));
  }
  if (!x.shape().fully_defined()) {
    const auto vector = [](const std::vector<int64_t>& values, const char* name) {
      return constant(Tensor::from<int32_t>(std::vector<int32_t>(values.begin(), values.end()),
                                            {static_cast<int64_t>(values.size())}),
                      {.name = name});
    };
    const Output axes_tensor = vector(contracted, "axes"), free_tensor = vector(free, "free");
    Matrix result = dynamic_matrix(x, axes_tensor, free_tensor, shape(x), flipped);
    result.known_free_dims = Shape(free_dims);
    return result;
  }
  int64_t free_size = 1, axes_size = 1;
  for (const int64_t d : free_dims) free_size *= d;
  for (const int64_t i : contracted) axes_size *= x.shape().dim(static_cast<int>(i));
  const std::vector<int64_t> perm = ordered(free, contracted, flipped);
  const std::vector<int> perm_ints(perm.begin(), perm.end());
  Matrix result;
  const Shape sizes = flipped ? Shape{axes_size, free_size} : Shape{free_size, axes_size};
  result.matrix = reshape(transpose(x, perm_ints), sizes);
  result.free_dims = free_dims;
  result.known_free_dims = Shape(free_dims);
  return result;
}

}  // namespace

Output tensordot(const TensorLike& a_like, const TensorLike& b_like, const TensorLike& axes,
                 const NameOptions& options) {
  const name_scope scope(options.name, "Tensordot");
  const Output a = convert(a_like, DType::kInvalid, "a"), b = convert(b_like, DType::kInvalid, "b");
  const AxesOfBoth both = axes_of(a, axes);
  const Matrix left = as_matrix(a, both.a, false), right = as_matrix(b, both.b, true);
  const Output product = matmul(left.matrix, right.matrix);
  if (left.free_dims && right.free_dims) {
    return reshape(product, Shape(ordered(*left.free_dims, *right.free_dims, false)), {scope.name()});
  }
  const auto dims_of = [](const Matrix& m) {
    return m.free_dims ? convert(Tensor::from<int32_t>(std::vector<int32_t>(m.free_dims->begin(), m.free_dims->end()),
                                                       {static_cast<int64_t>(m.free_dims->size())}),
                                 DType::kInvalid, "")
                       : m.free_dims_tensor;
  };
  const Output left_dims = dims_of(left), right_dims = dims_of(right);
  const Output dims = concat(TensorList{left_dims, right_dims}, 0);
  const Output result = reshape(product, dims, {scope.name()});
  if (left.known_free_dims.known_rank() && right.known_free_dims.known_rank()) {
    Shape known = left.known_free_dims;
    for (const int64_t d : right.known_free_dims) known.add_dim(d);
    result.set_shape(known);
  }
  return result;
}

}  // namespace reflow
