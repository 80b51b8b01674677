// Linear algebra: the graphs of TensorFlow 1.15, and values.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

// Values are those of TensorFlow 1.15.5.
TEST(LinalgOps, ExponentialOfSmallAndLargeMatrices) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output e = tf::linalg::expm(tf::constant({{{0.1, 0.2}, {-0.3, 0.05}}, {{3., 1.}, {0.5, 9.}}}, tf::float64));
  const tf::Output f = tf::linalg::expm(tf::constant({{1., 2.}, {0., -3.}}));
  tf::Session sess;
  const tf::Tensor doubles = sess.run(e), floats = sess.run(f);
  const double expected[] = {1.072723714165671,  0.21344984212019538, -0.3201747631802931, 1.0193612536356218,
                             135.57297668014118, 1424.1191459667577,  712.0595729833847,   8680.287852480764};
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(doubles.data<double>()[i], expected[i], 1e-12 * std::abs(expected[i])) << i;
  EXPECT_NEAR(floats.data<float>()[1], 1.334247350692749f, 1e-5);
  EXPECT_NEAR(floats.data<float>()[3], 0.04978704825043678f, 1e-6);
}

TEST(LinalgOps, ExponentialOfWhatIsNotFiniteIsNotANumber) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output e = tf::linalg::expm({{std::numeric_limits<float>::infinity(), 0.f}, {0.f, 1.f}});
  EXPECT_TRUE(std::isnan(tf::Session().run(e).data<float>()[3]));
  EXPECT_THROW(tf::linalg::expm(tf::constant({{1, 2}, {3, 4}})), tf::ValueError);
}

TEST(LinalgOps, TridiagonalSystemsInAllFormats) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output rhs = tf::constant({1., 2., 3.});
  const tf::Output compact = tf::linalg::tridiagonal_solve({{1., 2., 0.}, {4., 5., 6.}, {0., 3., 1.}}, rhs);
  const tf::Output sequence = tf::linalg::tridiagonal_solve(
      {tf::constant({1., 2.}), tf::constant({4., 5., 6.}), tf::constant({3., 1.})}, rhs, {.diagonals_format = "sequence"});
  const tf::Output matrix =
      tf::linalg::tridiagonal_solve({{4., 1., 0.}, {3., 5., 2.}, {0., 1., 6.}}, rhs, {.diagonals_format = "matrix"});
  const tf::Output product =
      tf::linalg::tridiagonal_matmul({{1., 2., 0.}, {4., 5., 6.}, {0., 3., 1.}}, {{1., 2.}, {3., 4.}, {5., 6.}});
  tf::Session sess;
  const float expected[] = {0.23404255319148937f, 0.06382978723404253f, 0.4893617021276596f};
  for (const tf::Output& x : {compact, sequence, matrix}) {
    const tf::Tensor value = sess.run(x);
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(value.data<float>()[i], expected[i], 1e-6);
  }
  const tf::Tensor value = sess.run(product);
  EXPECT_EQ(std::vector<float>(value.data<float>(), value.data<float>() + 6), (std::vector<float>{7, 12, 28, 38, 33, 40}));
}

TEST(LinalgOps, WrongDiagonalsAreErrors) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output rhs = tf::constant({1., 2., 3.});
  EXPECT_THROW(tf::linalg::tridiagonal_solve({1., 2., 3.}, rhs), tf::ValueError);
  EXPECT_THROW(tf::linalg::tridiagonal_solve({{1., 2.}, {1., 2.}, {1., 2.}}, rhs), tf::ValueError);
  EXPECT_THROW(tf::linalg::tridiagonal_solve({rhs, rhs}, rhs, {.diagonals_format = "sequence"}), tf::ValueError);
  EXPECT_THROW(tf::linalg::tridiagonal_matmul({{1.}, {1.}, {1.}}, {{1.}}, {.diagonals_format = "none"}), tf::ValueError);
}

}  // namespace
