// Linear operators: what each class is, and that all methods agree with the dense matrix.

#include "reflow/client/linear_operators/linear_operators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "reflow/reflow.h"

namespace tf = reflow;
namespace la = reflow::linalg;

namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<double> values(const tf::Output& x) {
  const tf::Tensor tensor = tf::Session().run(tf::cast(tf::real(x), tf::float64));
  return std::vector<double>(tensor.data<double>(), tensor.data<double>() + tensor.num_elements());
}

void expect_equal(const tf::Output& found, const tf::Output& expected, const char* what) {
  const std::vector<double> a = values(found), b = values(expected);
  ASSERT_EQ(a.size(), b.size()) << what;
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-8 * (1 + std::abs(b[i]))) << what << " at " << i;
}

// Each method of `op` against the matrix that it is said to be.
void expect_matrix(const la::LinearOperator& op, const tf::TensorLike& matrix, bool solves = true) {
  const tf::Output dense = tf::convert_to_tensor(matrix, {.dtype = op.dtype()});
  const tf::Output x = tf::cast(tf::constant({{1., -2.}, {0.5, 3.}, {2., 1.}, {-1., 4.}}, tf::float64), op.dtype());
  const int64_t rows = op.range_dimension(), columns = op.domain_dimension();
  const tf::Output arg = x[{tf::Slice(0, columns), tf::Slice()}], side = x[{tf::Slice(0, rows), tf::Slice()}];
  expect_equal(op.to_dense(), dense, "to_dense");
  expect_equal(op.matmul(arg), tf::matmul(dense, arg), "matmul");
  expect_equal(op.matmul(side, {.adjoint = true}), tf::matmul(dense, side, {.adjoint_a = true}), "matmul of the adjoint");
  expect_equal(op.matmul(la::adjoint(arg), {.adjoint_arg = true}), tf::matmul(dense, arg), "matmul with an adjoint");
  expect_equal(op.matvec(arg[{tf::Slice(), 0}]), la::matvec(dense, arg[{tf::Slice(), 0}]), "matvec");
  expect_equal(op.adjoint().to_dense(), la::adjoint(dense), "adjoint");
  expect_equal(op.diag_part(), tf::matrix_diag_part(dense), "diag_part");
  expect_equal(op.trace(), tf::reduce_sum(tf::matrix_diag_part(dense), -1), "trace");
  expect_equal(op.add_to_tensor(2. * dense), 3. * dense, "add_to_tensor");
  expect_equal(op.shape_tensor(), tf::shape(dense), "shape_tensor");
  EXPECT_EQ(op.shape(), dense.shape());
  if (!solves) return;
  expect_equal(op.determinant(), tf::matrix_determinant(dense), "determinant");
  expect_equal(op.log_abs_determinant(), tf::log(tf::abs(tf::matrix_determinant(dense))), "log_abs_determinant");
  expect_equal(op.solve(side), tf::matrix_solve(dense, side), "solve");
  expect_equal(op.solve(side, {.adjoint = true}), tf::matrix_solve(dense, side, {.adjoint = true}), "solve of the adjoint");
  expect_equal(op.solve(la::adjoint(side), {.adjoint_arg = true}), tf::matrix_solve(dense, side), "solve with an adjoint");
  expect_equal(op.solvevec(side[{tf::Slice(), 1}]), tf::matrix_solve(dense, side)[{tf::Slice(), 1}], "solvevec");
  expect_equal(op.inverse().to_dense(), tf::matrix_inverse(dense), "inverse");
}

class LinearOperatorsTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::Output a_ = tf::constant({{4., 1., 0.}, {1., 3., 0.5}, {0., 0.5, 2.}}, tf::float64);
  tf::Output b_ = tf::constant({{1., 2., 3.}, {0., 4., 5.}, {1., 0., 6.}}, tf::float64);
  tf::Output d_ = tf::constant({2., -3., 0.5}, tf::float64);
};

TEST_F(LinearOperatorsTest, FullMatrix) { expect_matrix(la::LinearOperatorFullMatrix(b_), b_); }

TEST_F(LinearOperatorsTest, PositiveDefiniteMatrixIsSolvedByCholesky) {
  const la::LinearOperatorFullMatrix op(a_, {.is_self_adjoint = true, .is_positive_definite = true});
  expect_matrix(op, a_);
  EXPECT_EQ(op.is_non_singular(), true);
  expect_equal(op.cholesky().to_dense(), tf::cholesky(a_), "cholesky");
  tf::Session().run({op.assert_positive_definite(), op.assert_self_adjoint(), op.assert_non_singular()});
}

TEST_F(LinearOperatorsTest, LowerTriangularLooksAtTheTriangleAlone) {
  expect_matrix(la::LinearOperatorLowerTriangular(b_ + 1.), tf::matrix_band_part(b_ + 1., -1, 0));
}

TEST_F(LinearOperatorsTest, Diag) {
  const la::LinearOperatorDiag op(d_);
  expect_matrix(op, tf::matrix_diag(d_));
  EXPECT_EQ(op.is_self_adjoint(), true);
  EXPECT_THROW(tf::Session().run(op.assert_positive_definite()), tf::errors::InvalidArgumentError);
  tf::Session().run(op.assert_non_singular());
}

TEST_F(LinearOperatorsTest, Identities) {
  const tf::Output eye = tf::eye(3, {.dtype = tf::float64});
  expect_matrix(la::LinearOperatorIdentity(3, {.dtype = tf::float64}), eye);
  expect_matrix(la::LinearOperatorScaledIdentity(3, tf::constant(-2., tf::float64)), -2. * eye);
  expect_matrix(la::LinearOperatorIdentity(3, {.dtype = tf::float64, .assert_proper_shapes = true}), eye);
}

TEST_F(LinearOperatorsTest, ZerosNeedNotBeSquare) {
  expect_matrix(la::LinearOperatorZeros(3, {.dtype = tf::float64}), tf::zeros({3, 3}, {.dtype = tf::float64}), false);
  const la::LinearOperatorZeros wide(2, {.num_columns = 3, .dtype = tf::float64, .hints = {.is_square = false}});
  expect_equal(wide.matmul(b_), tf::zeros({2, 3}, {.dtype = tf::float64}), "matmul");
  EXPECT_THROW(wide.determinant(), tf::NotImplementedError);
  EXPECT_THROW(la::LinearOperatorZeros(2, {.num_columns = 3}), tf::ValueError);
}

TEST_F(LinearOperatorsTest, HouseholderReflects) {
  const tf::Output v = d_ / tf::norm(d_);
  const tf::Output outer = tf::expand_dims(v, 1) * tf::expand_dims(v, 0);
  expect_matrix(la::LinearOperatorHouseholder(d_), tf::eye(3, {.dtype = tf::float64}) - 2. * outer);
}

TEST_F(LinearOperatorsTest, CirculantIsAConvolution) {
  const tf::Output spectrum = tf::fft(tf::cast(tf::constant({4., 1., 2.}, tf::float64), tf::complex128));
  const la::LinearOperatorCirculant op(spectrum, {.input_output_dtype = tf::float64});
  expect_matrix(op, {{4., 2., 1.}, {1., 4., 2.}, {2., 1., 4.}});
  expect_equal(op.convolution_kernel(), tf::constant({4., 1., 2.}, tf::float64), "convolution_kernel");
  tf::Session().run(op.assert_hermitian_spectrum());
}

TEST_F(LinearOperatorsTest, CirculantOfTwoDimensions) {
  const tf::Output kernel = tf::constant({{5., 1.}, {2., 0.}}, tf::float64);
  const la::LinearOperatorCirculant2D op(tf::fft2d(tf::cast(kernel, tf::complex128)), {.input_output_dtype = tf::float64});
  expect_matrix(op, {{5., 1., 2., 0.}, {1., 5., 0., 2.}, {2., 0., 5., 1.}, {0., 2., 1., 5.}});
}

TEST_F(LinearOperatorsTest, Toeplitz) {
  const la::LinearOperatorToeplitz op(tf::constant({5., 2., 3.}, tf::float64), tf::constant({9., -1., 4.}, tf::float64));
  expect_matrix(op, {{5., -1., 4.}, {2., 5., -1.}, {3., 2., 5.}});
}

TEST_F(LinearOperatorsTest, CompositionAndInverse) {
  const la::LinearOperatorFullMatrix a(a_), b(b_);
  expect_matrix(la::LinearOperatorComposition({a, b}), tf::matmul(a_, b_));
  expect_matrix(a.matmul(b), tf::matmul(a_, b_));
  expect_matrix(la::LinearOperatorInversion(b), tf::matrix_inverse(b_));
  expect_matrix(a.solve(b), tf::matrix_solve(a_, b_));
  expect_matrix(la::LinearOperatorAdjoint(b), tf::transpose(b_));
}

TEST_F(LinearOperatorsTest, BlockDiag) {
  const la::LinearOperatorFullMatrix small(tf::constant({{1., 2.}, {3., 5.}}, tf::float64));
  const la::LinearOperatorBlockDiag op({small, la::LinearOperatorDiag(tf::constant({7., -2.}, tf::float64))});
  expect_matrix(op, {{1., 2., 0., 0.}, {3., 5., 0., 0.}, {0., 0., 7., 0.}, {0., 0., 0., -2.}});
}

TEST_F(LinearOperatorsTest, Kronecker) {
  const la::LinearOperatorFullMatrix left(tf::constant({{1., 2.}, {3., 5.}}, tf::float64));
  const la::LinearOperatorFullMatrix right(tf::constant({{0., 1.}, {-2., 4.}}, tf::float64));
  expect_matrix(la::LinearOperatorKronecker({left, right}),
                {{0., 1., 0., 2.}, {-2., 4., -4., 8.}, {0., 3., 0., 5.}, {-6., 12., -10., 20.}});
}

TEST_F(LinearOperatorsTest, LowRankUpdates) {
  const tf::Output u = tf::constant({{1.}, {2.}, {-1.}}, tf::float64), v = tf::constant({{0.5}, {1.}, {3.}}, tf::float64);
  const la::LinearOperatorDiag base(tf::constant({2., 3., 0.5}, tf::float64), {.is_positive_definite = true});
  const tf::Output dense = base.to_dense();
  expect_matrix(la::LinearOperatorLowRankUpdate(base, u), dense + tf::matmul(u, u, {.transpose_b = true}));
  expect_matrix(la::LinearOperatorLowRankUpdate(base, u, {.diag_update = {-0.25}, .v = v}),
                dense - 0.25 * tf::matmul(u, v, {.transpose_b = true}));
}

TEST_F(LinearOperatorsTest, ProductsKeepTheirClass) {
  const la::LinearOperatorDiag d(d_);
  const la::LinearOperatorScaledIdentity s(3, tf::constant(2., tf::float64));
  const la::LinearOperatorLowerTriangular l(b_);
  expect_matrix(d.matmul(d), tf::matrix_diag(d_ * d_));
  EXPECT_EQ(d.matmul(s).name(), "LinearOperatorDiag");
  expect_matrix(s.solve(d), tf::matrix_diag(d_ / 2.));
  EXPECT_EQ(l.matmul(d).name(), "LinearOperatorLowerTriangular");
  expect_matrix(l.matmul(d), tf::matmul(l.to_dense(), d.to_dense()));
  expect_matrix(d.solve(l), tf::matrix_solve(d.to_dense(), l.to_dense()));
  EXPECT_EQ(&la::LinearOperatorIdentity(3, {.dtype = tf::float64}).matmul(l).state(), &l.state());
}

TEST_F(LinearOperatorsTest, BatchesAreBroadcast) {
  const tf::Output batch = tf::stack({a_, b_});
  const la::LinearOperatorFullMatrix op(batch);
  EXPECT_EQ(op.batch_shape(), (tf::Shape{2}));
  expect_equal(op.solve(b_), tf::matrix_solve(batch, tf::stack({b_, b_})), "solve");
  const la::LinearOperatorLowerTriangular l(b_);
  expect_equal(l.solve(batch), tf::matrix_solve(tf::stack({l.to_dense(), l.to_dense()}), batch), "triangular solve");
  const la::LinearOperatorIdentity eye(3, {.batch_shape = {2}, .dtype = tf::float64});
  expect_equal(eye.matmul(b_), tf::stack({b_, b_}), "identity");
}

TEST_F(LinearOperatorsTest, SizesMayBeKnownInTheRunOnly) {
  const tf::Output d = tf::placeholder_with_default(d_, {-1}), m = tf::placeholder_with_default(b_, {-1, -1});
  const la::LinearOperatorDiag op(d);
  EXPECT_EQ(op.domain_dimension(), -1);
  expect_equal(op.shape_tensor(), tf::constant({3, 3}), "shape_tensor");
  expect_equal(op.to_dense(), tf::matrix_diag(d_), "to_dense");
  expect_equal(la::LinearOperatorFullMatrix(m).matmul(op).to_dense(), tf::matmul(b_, tf::matrix_diag(d_)), "product");
}

TEST_F(LinearOperatorsTest, MistakesAreErrors) {
  const la::LinearOperatorFullMatrix op(a_);
  EXPECT_THAT([&] { op.matmul(tf::constant({{1., 2.}}, tf::float64)); },
              ThrowsMessage<tf::ValueError>("Dimensions 3 and 1 are not compatible"));
  EXPECT_THAT([&] { op.matmul(tf::constant({{1.f}})); }, ThrowsMessage<tf::TypeError>(HasSubstr("Expected argument to have dtype")));
  EXPECT_THAT([&] { op.cholesky(); }, ThrowsMessage<tf::ValueError>(HasSubstr("Cannot take the Cholesky decomposition")));
  EXPECT_THAT([&] { la::LinearOperatorDiag(d_, {.is_self_adjoint = false}); },
              ThrowsMessage<tf::ValueError>("A real diagonal operator is always self adjoint."));
  EXPECT_THAT([&] { la::LinearOperatorFullMatrix(a_, {.is_non_singular = false, .is_positive_definite = true}); },
              ThrowsMessage<tf::ValueError>("A positive definite matrix is always non-singular."));
  EXPECT_THAT([&] { la::LinearOperatorComposition({}); }, ThrowsMessage<tf::ValueError>(HasSubstr("non-empty list")));
  EXPECT_THROW(la::LinearOperatorZeros(3).assert_non_singular(), tf::errors::InvalidArgumentError);
}

}  // namespace
