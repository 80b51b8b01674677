// Linear algebra: the graphs of TensorFlow 1.15, and values.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(LinalgOps, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output m = tf::placeholder(tf::float32, {2, 3, 3}, {.name = "m"});
  const tf::Output r = tf::placeholder(tf::float32, {2, 3, 2}, {.name = "r"});
  const tf::Output u = tf::placeholder(tf::float32, {-1, -1}, {.name = "u"});
  const tf::Output h = tf::placeholder(tf::complex64, {3, 3}, {.name = "h"});
  tf::diag({1., 2.}), tf::diag_part(u), tf::matrix_diag({{1., 2.}}), tf::matrix_diag_part(m);
  tf::matrix_set_diag(m, {{1., 2., 3.}, {4., 5., 6.}}), tf::matrix_band_part(m, 1, -1, {"band"});
  tf::linalg::eye(2, {.batch_shape = {3}}), tf::linalg::eye(3, {.num_columns = 2, .dtype = tf::float64});
  tf::linalg::eye(tf::shape(u)[0]);
  const tf::Output chol = tf::cholesky(m);
  tf::cholesky_solve(chol, r), tf::matrix_determinant(m), tf::matrix_inverse(m, {.adjoint = true});
  tf::matrix_solve(m, r), tf::matrix_triangular_solve(m, r, {.lower = false});
  tf::linalg::sqrtm(m), tf::linalg::logm(h), tf::linalg::lu(m), tf::linalg::slogdet(m);
  tf::qr(m, {.full_matrices = true});
  tf::self_adjoint_eig(m), tf::self_adjoint_eigvals(m, {"e"});
  tf::svd(r), tf::svd(r, {.compute_uv = false});
  tf::linalg::logdet(m), tf::linalg::adjoint(h), tf::linalg::adjoint(m);
  tf::linalg::matrix_rank(r), tf::linalg::pinv(r), tf::linalg::pinv(u, {.rcond = 0.1});
  tf::matrix_solve_ls(r, m), tf::matrix_solve_ls(m, r, {.l2_regularizer = 0.5});
  tf::matrix_solve_ls(m, r, {.fast = false});
  tf::linalg::normalize(r, {.axis = 1});
  tf::fft(tf::placeholder(tf::complex64, {4})), tf::ifft2d(h);
  expect_golden_graph("matrices", {.folder = "graphs"});
}

TEST(LinalgOps, LeastSquaresOfAWideMatrixIsTheShortestSolution) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::matrix_solve_ls({{1., 1.}}, {{2.}});
  const tf::Output inverse = tf::linalg::pinv({{1., 1.}});
  tf::Session sess;
  const tf::Tensor solution = sess.run(x), pseudo = sess.run(inverse);
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(solution.data<float>()[i], 1.0, 1e-5);
    EXPECT_NEAR(pseudo.data<float>()[i], 0.5, 1e-5);
  }
}

TEST(LinalgOps, RankOfIntegersIsAnError) {
  EXPECT_THROW(tf::linalg::matrix_rank(tf::constant({{1, 2}})), tf::TypeError);
  EXPECT_THROW(tf::linalg::pinv({1., 2.}), tf::ValueError);
}

}  // namespace
