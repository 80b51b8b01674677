// Functions of sparse tensors and sets: the graphs of TensorFlow 1.15, and errors.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

TEST(SparseOps, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::SparseTensor a({{0, 1}, {2, 3}}, {1., 2.}, {3, 4});
  const tf::SparseTensor b({{1, 1}, {2, 3}}, {3., 4.}, {3, 4});
  const tf::Output d = tf::placeholder(tf::float32, {3, 4}, {.name = "d"});
  const tf::SparseTensor p = tf::sparse_placeholder(tf::float32, std::nullopt, {.name = "p"});
  const tf::SparseTensor ids({{0, 0}, {1, 0}}, {2, 3}, {2, 1});
  tf::sparse_placeholder(tf::int64, tf::Shape{-1, 3});
  tf::sparse_concat(1, {a, b}), tf::sparse_concat(0, {a, p}, {.expand_nonconcat_dims = true});
  tf::sparse_add(a, b, 0.5), tf::sparse_add(a, d), tf::sparse_add(d, b);
  tf::sparse_reorder(a), tf::sparse_reorder(p, {.name = "ordered"});
  tf::sparse_reshape(a, {2, -1}), tf::sparse_reshape(p, {2, -1});
  tf::sparse_split(a, 2, 1), tf::sparse_slice(a, {0, 0}, {2, 2});
  tf::sparse_transpose(a), tf::sparse_transpose(p, {.perm = {1, 0}});
  tf::sparse_to_dense({{0, 1}}, {2, 2}, 5), tf::sparse_tensor_to_dense(a);
  tf::sparse_tensor_to_dense(a, {.default_value = 7., .validate_indices = false, .name = "whole"});
  tf::sparse_to_indicator(ids, 5);
  tf::sparse_reduce_sum(a), tf::sparse_reduce_max(a, {.axis = 1, .keepdims = true});
  tf::sparse_reduce_sum_sparse(p, {.axis = {0}});
  tf::sparse_merge(ids, a, 10), tf::sparse_merge({ids, ids}, a, {10, 20}, {.already_sorted = true});
  tf::sparse_retain(a, {true, false});
  tf::sparse_reset_shape(a), tf::sparse_reset_shape(a, {5, 5}), tf::sparse_reset_shape(p, {5, 5});
  tf::sparse_fill_empty_rows(a, 0.);
  tf::sparse_tensor_dense_matmul(a, tf::ones({4, 2}));
  tf::sparse_tensor_dense_matmul(a, tf::ones({3, 2}), {.adjoint_a = true, .name = "product"});
  tf::sparse_softmax(a), tf::sparse_maximum(a, b), tf::sparse_minimum(a, b, {"least"});
  tf::sparse_mask({d, tf::constant({0, 1, 2}), {}}, {1});
  tf::sparse_matmul(d, d, {.transpose_b = true, .a_is_sparse = true});
  tf::serialize_sparse(a), tf::serialize_many_sparse(a, {.name = "rows"});
  tf::deserialize_many_sparse(tf::placeholder(tf::string, {-1, 3}), tf::float32, {.rank = 2});
  tf::edit_distance(ids, ids);
  tf::sparse::from_dense({{0., 1.}}), tf::sparse::expand_dims(a, {.axis = 1});
  tf::sparse::eye(3), tf::sparse::eye(3, {.num_columns = 2, .dtype = tf::int32});
  tf::sparse::cross({tf::constant({{"a"}, {"b"}}), ids});
  tf::sparse::cross_hashed({tf::constant({{1}, {2}}), ids}, {.num_buckets = 100});
  const tf::Output x = tf::placeholder(tf::int64, {2, 3}, {.name = "x"});
  const tf::SparseTensor sx({{0, 0}}, tf::constant({4}, tf::int64), {2, 3});
  tf::sets::set_size(sx), tf::sets::set_intersection(x, x), tf::sets::set_union(sx, sx);
  tf::sets::set_difference(x, sx), tf::sets::difference(sx, x, {.validate_indices = false});
  expect_golden_graph("sparse_functions", {.folder = "graphs"});
}

TEST(SparseOps, WhatDoesNotFitIsAnError) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::SparseTensor a({{0, 1}, {2, 3}}, {1., 2.}, {3, 4});
  EXPECT_THROW(tf::sparse_reshape(a, {5, 2}), tf::ValueError);
  EXPECT_THROW(tf::sparse_reset_shape(a, {2, 5}), tf::ValueError);
  EXPECT_THROW(tf::sparse_merge({a, a}, a, {10}), tf::ValueError);
  EXPECT_THROW(tf::sets::set_union({{1., 2.}}, {{1., 2.}}), tf::TypeError);
}

}  // namespace
