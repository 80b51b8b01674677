// Gradients of functions of several ops agree with slopes: lists and arrays of tensors, control flow, variables,
// optionals, diagonals.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/reflow.h"
#include "tests/kit/golden_tensor.h"

namespace tf = reflow;
using reflow::client::apply_op;
using reflow::client::make_op;
using tf::DType;
using tf::Output;
using tf::Tensor;
using tf::TensorLike;

namespace {

// Numbers between 0.5 and 1.5, all different.
Tensor numbers(const tf::Shape& shape) {
  Tensor x(DType::kFloat64, shape);
  for (int64_t i = 0; i < x.num_elements(); ++i) x.data<double>()[i] = 1 + 0.5 * std::sin(1.3 * i + 1);
  return x;
}

// The sum of y, each element with a weight of its own.
Output weighted(const Output& y) {
  const Output flat = tf::reshape(y, {-1});
  const Output places = tf::cast(tf::range(tf::size(flat)), tf::float64);
  return tf::reduce_sum(flat * tf::cos(places));
}

// The gradient of the weighted sum of f(x) is its slope at `at`, and `ops` are in the graph of f.
void expect_slopes(const std::function<Output(const Output& x)>& f, const Tensor& at, const std::set<std::string>& ops) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const Output x = tf::placeholder(tf::float64, at.shape());
  const Output loss = weighted(f(x));
  std::set<std::string> types;
  for (const tf::Operation& op : graph.get_operations()) types.insert(op.type());
  for (const std::string& op : ops) EXPECT_TRUE(types.contains(op)) << op << " isn't there";
  const tf::Gradient gradient = tf::gradients(loss, x).at(0);
  ASSERT_TRUE(gradient.valid());
  const Output dense = gradient;
  const tf::Session sess;
  Tensor numeric(DType::kFloat64, at.shape()), moved = at.copy();
  for (int64_t i = 0; i < at.num_elements(); ++i) {
    constexpr double kStep = 1e-5;
    double& number = moved.data<double>()[i];
    number = at.data<double>()[i] + kStep;
    const double above = sess.run(loss, {{x, moved.copy()}}).item<double>();
    number = at.data<double>()[i] - kStep;
    const double below = sess.run(loss, {{x, moved.copy()}}).item<double>();
    number = at.data<double>()[i];
    numeric.data<double>()[i] = (above - below) / (2 * kStep);
  }
  EXPECT_EQ(tf::testing::difference(sess.run(dense, {{x, at}}), numeric, {1e-6, 1e-8}), "");
}

const tf::graph::AttrMap kDoubles{{"element_dtype", DType::kFloat64}};
const TensorLike kPair = std::vector<int32_t>{2};  // the shape of elements

// The rows of x as a list.
Output list_of(const Output& x) { return apply_op("TensorListFromTensor", "", {x, kPair}, kDoubles); }
Output stacked(const Output& list) { return apply_op("TensorListStack", "", {list, kPair}, kDoubles); }

TEST(Slopes, TensorLists) {
  const Tensor at = numbers({3, 2});
  expect_slopes([](const Output& x) { return stacked(list_of(tf::square(x))); }, at,
                {"TensorListFromTensor", "TensorListStack"});
  expect_slopes([](const Output& x) { return tf::square(apply_op("TensorListGetItem", "", {list_of(x), 1, kPair}, kDoubles)); },
                at, {"TensorListGetItem"});
  expect_slopes(
      [](const Output& x) {
        const TensorLike rows = std::vector<int32_t>{2, 0};
        return tf::square(apply_op("TensorListGather", "", {list_of(x), rows, kPair}, kDoubles));
      },
      at, {"TensorListGather"});
  expect_slopes(
      [](const Output& x) {
        const Output item = tf::square(x[0]);
        const Output set = apply_op("TensorListSetItem", "", {list_of(x), 1, item}, kDoubles);
        return stacked(apply_op("TensorListPushBack", "", {set, item}, kDoubles));
      },
      at, {"TensorListSetItem", "TensorListPushBack"});
  expect_slopes(
      [](const Output& x) {
        tf::graph::Node* popped = make_op("TensorListPopBack", "", {list_of(x), kPair}, kDoubles);
        const Output rest = stacked(Output(popped, 0));
        return rest * tf::square(Output(popped, 1));
      },
      at, {"TensorListPopBack"});
  expect_slopes(
      [](const Output& x) { return tf::square(stacked(apply_op("TensorListResize", "", {list_of(x), 2}))); }, at,
      {"TensorListResize"});
}

TEST(Slopes, BlocksOfTensorLists) {
  const Tensor at = numbers({3, 2});
  const TensorLike rows = std::vector<int32_t>{2, 0, 1};
  expect_slopes(
      [&](const Output& x) { return stacked(apply_op("TensorListScatter", "", {tf::square(x), rows, kPair}, kDoubles)); }, at,
      {"TensorListScatter"});
  expect_slopes(
      [&](const Output& x) {
        return stacked(apply_op("TensorListScatterV2", "", {tf::square(x), rows, kPair, 3}, kDoubles));
      },
      at, {"TensorListScatterV2"});
  expect_slopes(
      [&](const Output& x) {
        const Output list = list_of(tf::exp(x));
        const Output two = tf::square(x[{tf::Slice(0, 2)}]);
        return stacked(apply_op("TensorListScatterIntoExistingList", "", {list, two, std::vector<int32_t>{2, 1}}, kDoubles));
      },
      at, {"TensorListScatterIntoExistingList"});
  const TensorLike lengths = std::vector<int64_t>{1, 2}, any = std::vector<int32_t>{-1, 2};
  const auto split = [&](const Output& x) {
    return apply_op("TensorListSplit", "", {tf::square(x), any, lengths}, kDoubles);
  };
  expect_slopes(
      [&](const Output& x) {
        return apply_op("TensorListConcatV2", "", {split(x), any, std::vector<int64_t>()}, kDoubles);
      },
      at, {"TensorListSplit", "TensorListConcatV2"});
  expect_slopes(
      [&](const Output& x) {
        return apply_op("TensorListConcat", "", {split(x)}, {{"element_dtype", DType::kFloat64}, {"element_shape", tf::Shape{-1, 2}}});
      },
      at, {"TensorListConcat"});
}

TEST(Slopes, TensorArrays) {
  const Tensor at = numbers({3, 2});
  expect_slopes(
      [](const Output& x) {
        tf::TensorArray array(tf::float64, 3);
        array = array.unstack(tf::square(x));
        const Output first = array.read(0);
        return first * array.gather({1, 2});
      },
      at, {"TensorArrayScatterV3", "TensorArrayReadV3", "TensorArrayGatherV3"});
  expect_slopes(
      [](const Output& x) {
        tf::TensorArray array(tf::float64, 2);
        array = array.write(0, tf::square(x));
        array = array.write(1, tf::exp(x));
        return array.concat();
      },
      at, {"TensorArrayWriteV3", "TensorArrayConcatV3"});
  expect_slopes(
      [](const Output& x) {
        tf::TensorArray array(tf::float64, 2, {.infer_shape = false});
        array = array.split(tf::square(x), {1, 2});
        return array.concat();
      },
      at, {"TensorArraySplitV3"});
}

TEST(Slopes, ControlFlow) {
  const Tensor at = numbers({3});
  expect_slopes(
      [](const Output& x) {
        const Output positive = tf::reduce_sum(x) > 0.0;
        return tf::cond(positive, [&] { return tf::square(x); }, [&] { return tf::exp(x); });
      },
      at, {"Switch", "Merge"});
  expect_slopes(
      [](const Output& x) {
        const std::vector<Output> results = tf::while_loop(
            [](const std::vector<Output>& v) { return v[0] < 3; },
            [](const std::vector<Output>& v) {
              const Output next = v[0] + 1;
              return std::vector<Output>{next, tf::sin(v[1]) * v[1]};
            },
            {tf::constant(0), x});
        return results[1];
      },
      at, {"Enter", "Exit", "NextIteration", "LoopCond"});
}

// What stands beside the diagonals is an input without a gradient.
TEST(Slopes, Diagonals) {
  const TensorLike below = std::vector<int32_t>{-1, 0}, around = std::vector<int32_t>{-1, 1};
  expect_slopes([&](const Output& x) { return apply_op("MatrixDiagV2", "", {tf::square(x), below, 3, 4, 0.5}); },
                numbers({2, 2, 3}), {"MatrixDiagV2"});
  expect_slopes([&](const Output& x) { return apply_op("MatrixDiagPartV2", "", {tf::square(x), around, 0.5}); },
                numbers({2, 3, 4}), {"MatrixDiagPartV2"});
}

// Of a matrix that stays symmetric: TensorFlow spreads a slope over both triangles.
TEST(Slopes, SymmetricMatrices) {
  expect_slopes([](const Output& x) { return tf::cholesky(tf::matmul(x, x, {.transpose_b = true})); }, numbers({2, 3}),
                {"Cholesky"});
}

TEST(Slopes, Optionals) {
  expect_slopes(
      [](const Output& x) {
        const Output optional = apply_op("OptionalFromValue", "", {TensorLike(tf::TensorList{tf::square(x)})});
        return apply_op("OptionalGetValue", "", {optional},
                        {{"output_types", std::vector<DType>{DType::kFloat64}}, {"output_shapes", std::vector<tf::Shape>{{3}}}});
      },
      numbers({3}), {"OptionalFromValue", "OptionalGetValue"});
}

// A variable's gradient against the slopes of what is read of it.
TEST(Slopes, ResourceVariables) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const Tensor at = numbers({3, 2});
  const tf::Variable v(at, {.name = "v", .use_resource = true});
  const Output cubes = tf::pow(v.read_value(), 3);
  const Output rows = tf::square(v.sparse_read({2, 0, 2}));
  const Output elements = tf::exp(v.gather_nd({{0, 1}, {2, 0}}));
  const Output first = weighted(cubes) + weighted(rows);
  const Output loss = first + weighted(elements);
  std::set<std::string> types;
  for (const tf::Operation& op : graph.get_operations()) types.insert(op.type());
  for (const char* op : {"ReadVariableOp", "ResourceGather", "ResourceGatherNd"}) EXPECT_TRUE(types.contains(op)) << op;
  const tf::Gradient gradient = tf::gradients(loss, v).at(0);
  const Output dense = gradient;
  const Output value = tf::placeholder(tf::float64, at.shape());
  const tf::Operation assign = v.assign_op(value);
  const tf::Session sess;
  Tensor numeric(DType::kFloat64, at.shape());
  for (int64_t i = 0; i < at.num_elements(); ++i) {
    constexpr double kStep = 1e-5;
    double sides[2];
    for (int side : {0, 1}) {
      Tensor moved = at.copy();
      moved.data<double>()[i] += side ? kStep : -kStep;
      sess.run(assign, {{value, moved}});
      sides[side] = sess.run(loss).item<double>();
    }
    numeric.data<double>()[i] = (sides[1] - sides[0]) / (2 * kStep);
  }
  sess.run(assign, {{value, at}});
  EXPECT_EQ(tf::testing::difference(sess.run(dense), numeric, {1e-6, 1e-8}), "");
}

}  // namespace
