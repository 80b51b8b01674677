// exp of matrices. Higham, The scaling and squaring method for the matrix exponential revisited, 2005.

#include <cmath>
#include <limits>
#include <span>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/eye_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/matrix_functions.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/while_loop.h"

namespace reflow::linalg {
namespace {

// An approximant: its coefficients, the lowest power first, and the norm up to which it will do.
struct Approximant {
  std::vector<double> coefficients;
  double largest_norm_single, largest_norm_double;  // 0: not used for that type
};

const std::vector<Approximant>& approximants() {
  static const std::vector<Approximant> all = {
      {{120, 60, 12, 1}, 4.258730016922831e-001, 1.495585217958292e-002},
      {{30240, 15120, 3360, 420, 30, 1}, 1.880152677804762e+000, 2.539398330063230e-001},
      {{17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}, 3.925724783138660, 9.504178996162932e-001},
      {{17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}, 0, 2.097847961257068e+000},
      {{64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
        670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1},
       0,
       5.371920351148152}};
  return all;
}

struct Parts {
  Output odd, even;
};

// The odd and the even powers of the numerator; with the odd ones' signs changed it is the denominator.
Parts numerator(const Output& matrix, const Output& identity, std::span<const double> coefficients) {
  const Output square = matmul(matrix, matrix);
  std::vector<Output> powers = {identity, square};
  while (powers.size() < coefficients.size() / 2) powers.push_back(matmul(powers.back(), square));
  const auto combined = [&](size_t first) {
    TensorList terms;
    for (size_t i = first; i < coefficients.size(); i += 2) terms.push_back(coefficients[i] * powers[i / 2]);
    return add_n(terms);
  };
  const Output even = combined(0);
  return {matmul(matrix, combined(1)), even};
}

}  // namespace

Output expm(const TensorLike& input, const NameOptions& options) {
  const name_scope scope(options.name, "matrix_exponential");
  const Output whole = client::convert(input, DType::kInvalid, "input", DType::kFloat32);
  const DType type = base_type(whole.dtype());
  const bool is_double = type == DType::kFloat64 || type == DType::kComplex128;
  if (!is_double && type != DType::kFloat32 && type != DType::kComplex64 && type != DType::kHalf) {
    throw ValueError("tf.linalg.expm does not support matrices of type " + client::python_dtype(type));
  }
  const int rank = whole.shape().rank();
  if (rank >= 2 && whole.shape().dim(rank - 1) == 0 && whole.shape().dim(rank - 2) == 0) return whole;
  const Output sizes = shape(whole);
  const Output matrix = reshape(whole, concat({{-1}, sizes[Slice(-2, {})]}, 0));
  const Output l1_norm = reduce_max(reduce_sum(abs(matrix), -2), -1);
  const DType real_type = base_type(l1_norm.dtype());
  const Output identity =
      eye(shape(matrix)[-2], {.batch_shape = shape(matrix)[Slice({}, -2)], .dtype = type});

  std::vector<const Approximant*> usable;
  const auto largest_norm = [is_double](const Approximant& a) { return is_double ? a.largest_norm_double : a.largest_norm_single; };
  for (const Approximant& a : approximants()) {
    if (largest_norm(a) > 0) usable.push_back(&a);
  }
  // Beyond the last one's norm matrices are scaled by powers of 2, and the results squared as often.
  const Output squarings = maximum(floor(log(l1_norm / largest_norm(*usable.back())) / std::log(2.0)), 0.0);
  const Output scale = pow(constant(2.0, real_type), squarings);
  const Output scaled = matrix / cast(scale, type)[{Slice(), newaxis, newaxis}];
  Parts parts = numerator(scaled, identity, usable.back()->coefficients);
  for (size_t i = usable.size() - 1; i-- > 0;) {
    const Parts of_small = numerator(matrix, identity, usable[i]->coefficients);
    const Output small = less(l1_norm, largest_norm(*usable[i]));
    parts = {where(small, of_small.odd, parts.odd), where(small, of_small.even, parts.even)};
  }
  const Output finite = reduce_all(is_finite(l1_norm));
  const Output result = cond(
      finite, [&] { return matrix_solve(parts.even - parts.odd, parts.odd + parts.even); },
      [&] {
        const Output nan = cast(constant(std::numeric_limits<double>::quiet_NaN(), real_type), type);
        return fill(shape(matrix), nan);
      });
  const Output most = reduce_max(squarings);
  const std::vector<Output> ends = while_loop(
      [&](const std::vector<Output>& v) { return logical_and(finite, less(v[0], most)); },
      [&](const std::vector<Output>& v) {
        const Output next = v[0] + 1.0;
        return TensorList{next, where(less(v[0], squarings), matmul(v[1], v[1]), v[1])};
      },
      {constant(0.0, real_type), result},
      {.shape_invariants = {{Shape{}, result.shape()}}});
  const Output exponential = reshape(ends[1], sizes);
  exponential.set_shape(whole.shape());
  return exponential;
}

}  // namespace reflow::linalg
