// Special functions, segments, sorting: the graphs of TensorFlow 1.15.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(SpecialOps, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {3, 4}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {3, 4}, {.name = "y"});
  const tf::Output i = tf::placeholder(tf::int32, {5}, {.name = "i"});
  const tf::Output c = tf::placeholder(tf::complex64, {2}, {.name = "c"});
  tf::lbeta(x), tf::angle(c), tf::angle(x);
  tf::betainc(x, y, 0.5), tf::igamma(x, y, {"lower"}), tf::igammac(x, y), tf::polygamma(x, y), tf::zeta(x, y);
  tf::math::bessel_i0(x), tf::math::bessel_i1(x, {"i1"}), tf::math::bessel_i0e(x);
  tf::math::nextafter(x, y), tf::math::xdivy(x, y), tf::math::xlogy(x, y);
  tf::math::multiply_no_nan(x, y), tf::math::reciprocal_no_nan(x);
  tf::math::cumulative_logsumexp(x, {.axis = 1, .exclusive = true});
  tf::math::reduce_euclidean_norm(x);
  tf::math::reduce_euclidean_norm(x, {.axis = {0}, .keepdims = true});
  tf::bitwise::bitwise_and(i, 3), tf::bitwise::invert(i), tf::bitwise::left_shift(i, i);
  tf::segment_max(x, {0, 0, 1}), tf::unsorted_segment_prod(x, {0, 2, 1}, 3);
  tf::sparse_segment_mean(x, {0, 2}, {0, 0});
  tf::sparse_segment_sum(x, {0, 2}, {0, 1}, {.num_segments = 4});
  const tf::TensorLike place = {{0, 1}}, value = {2.};
  tf::tensor_scatter_update(x, place, value), tf::tensor_scatter_nd_add(x, place, value);
  tf::unravel_index(i, {3, 4});
  tf::sort(x), tf::sort(x, {.axis = 0, .direction = "DESCENDING", .name = "fall"}), tf::argsort(x, {.axis = -2});
  tf::histogram_fixed_width(x, {0.0, 5.0}, {.nbins = 5}), tf::histogram_fixed_width_bins(x, {0.0, 5.0}, {.nbins = 5});
  tf::math::divide_no_nan(x, y), tf::math::zero_fraction(x);
  const tf::Output zeros = tf::zeros({2, 3});
  tf::cross(zeros, {{1., 2., 3.}, {4., 5., 6.}});
  expect_golden_graph("special_functions", {.folder = "graphs"});
}

TEST(SpecialOps, SortWithoutDirectionIsAnError) { EXPECT_THROW(tf::sort({1, 2}, {.direction = "UP"}), tf::ValueError); }

}  // namespace
