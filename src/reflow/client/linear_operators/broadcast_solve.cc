// Solving systems whose batch dimensions are broadcast.

#include <numeric>

#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_operators/linear_operator_state.h"
#include "reflow/client/older_names.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

Shape batch_of(const Output& matrix) {
  const Shape& shape = matrix.shape();
  if (!shape.known_rank()) return shape;
  if (shape.rank() < 2) {
    throw ValueError("Expected [batch] matrix to have at least two dimensions.  Found: " + client::python_tensor(matrix));
  }
  return shape.sub_shape(0, shape.rank() - 2);
}

// A system whose right-hand side has batch dimensions of its own beside its columns, where that is less work than to repeat
// the matrix.
struct System {
  Output matrix, rhs;
  bool moved = false;
  std::vector<int32_t> order;
  Output main_shape, extra_shape;
};

System with_columns_of_batches(const Output& matrix, const Output& rhs, bool adjoint) {
  System system{.matrix = matrix, .rhs = rhs, .moved = false, .order = {}, .main_shape = {}, .extra_shape = {}};
  const int rank = rhs.shape().rank();
  if (!matrix.shape().known_rank() || matrix.shape().rank() >= rank) return system;
  const int extra = rank - matrix.shape().rank();
  const int64_t batches = rhs.shape().sub_shape(0, extra).num_elements();
  const int64_t size = dimension(matrix.shape(), adjoint ? -2 : -1), columns = dimension(rhs.shape(), -1);
  if (batches >= 0 && size >= 0 && columns >= 0 && (batches < 2 || size <= columns)) return system;
  system.moved = true;
  system.matrix = adjoint_if(adjoint, matrix);
  system.extra_shape = shape(rhs)[Slice({}, extra)];
  system.main_shape = shape(rhs)[Slice(extra, {})];
  for (int i = 0; i < rank; ++i) system.order.push_back((i + extra) % rank);
  const Output moved = transpose(rhs, system.order);
  const Output sizes = concat({system.main_shape[Slice({}, -1)], {-1}}, 0);
  system.rhs = reshape(moved, sizes);
  return system;
}

Output restored(const System& system, const Output& solution) {
  if (!system.moved) return solution;
  const Output sizes = concat({shape(solution)[Slice({}, -1)], expand_dims(system.main_shape[-1], 0), system.extra_shape}, 0);
  std::vector<int32_t> back(system.order.size());
  for (size_t i = 0; i < back.size(); ++i) back[system.order[i]] = static_cast<int32_t>(i);
  return transpose(reshape(solution, sizes), back);
}

}  // namespace

std::vector<Output> broadcast_matrix_batch_dims(const std::vector<Output>& matrices) {
  const name_scope scope("broadcast_matrix_batch_dims");
  Shape batch = batch_of(matrices[0]);
  for (size_t i = 1; i < matrices.size(); ++i) batch = broadcast_static_shape(batch, batch_of(matrices[i]));
  if (matrices.size() < 2) return matrices;
  std::vector<Output> results;
  Output dynamic;
  if (!batch.fully_defined()) {
    dynamic = shape(matrices[0])[Slice({}, -2)];
    for (size_t i = 1; i < matrices.size(); ++i) dynamic = broadcast_dynamic_shape(dynamic, shape(matrices[i])[Slice({}, -2)]);
  }
  for (const Output& matrix : matrices) {
    if (batch.fully_defined() && batch_of(matrix) == batch) {
      results.push_back(matrix);
      continue;
    }
    const Output before = dynamic.valid() ? dynamic : constant_shape(batch);
    results.push_back(broadcast_to(matrix, concat({before, shape(matrix)[Slice(-2, {})]}, 0)));
  }
  return results;
}

Output cholesky_solve_with_broadcast(const Output& chol, const Output& rhs) {
  const name_scope scope("CholeskySolveWithBroadcast");
  const std::vector<Output> both = broadcast_matrix_batch_dims({chol, rhs});
  return cholesky_solve(both[0], both[1]);
}

Output matrix_solve_with_broadcast(const Output& matrix, const Output& rhs, bool adjoint) {
  const name_scope scope("MatrixSolveWithBroadcast");
  const System system = with_columns_of_batches(matrix, rhs, adjoint);
  const std::vector<Output> both = broadcast_matrix_batch_dims({system.matrix, system.rhs});
  return restored(system, matrix_solve(both[0], both[1], {.adjoint = adjoint && !system.moved}));
}

Output triangular_solve_with_broadcast(const Output& matrix, const Output& rhs, bool lower, bool adjoint) {
  const name_scope scope("MatrixTriangularSolve");
  const System system = with_columns_of_batches(matrix, rhs, adjoint);
  if (system.moved && adjoint) lower = !lower;
  const std::vector<Output> both = broadcast_matrix_batch_dims({system.matrix, system.rhs});
  return restored(system, matrix_triangular_solve(both[0], both[1], {.lower = lower, .adjoint = adjoint && !system.moved}));
}

}  // namespace reflow::linalg
