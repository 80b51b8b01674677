// Constants, devices, control dependencies, collections, random seeds.

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numeric>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GoldenFramework : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenFramework, Constants) {
  using namespace std::complex_literals;
  tf::constant(1.5);
  tf::constant(3);
  tf::constant(true);
  tf::constant("text");
  tf::constant(std::string("\0\xff", 2));
  tf::constant({1, 2, 3});
  tf::constant({{1., 2.}, {3., 4.}});
  tf::constant({1, 1, 1, 1}, tf::float32);
  tf::constant(7, {.shape = tf::Shape{2, 3}});
  tf::constant({1, 2}, {.shape = tf::Shape{2, 3}});
  tf::constant(tf::TensorList{}, tf::int64);
  tf::constant(1, tf::float64);
  tf::constant(2, tf::int8);
  tf::constant(3, tf::uint8);
  tf::constant(4, tf::int16);
  tf::constant(5, tf::uint16);
  tf::constant(1.25, tf::float16);
  tf::constant(1.25, tf::bfloat16);
  tf::constant(1. + 2i);
  tf::constant(1. + 2i, tf::complex128);
  tf::constant(int64_t{1} << 40, tf::int64);
  tf::constant(tf::Tensor::from<int64_t>({0, 1, 2, 3, 4, 5}, {2, 3}));
  std::vector<float> forty(40);
  std::iota(forty.begin(), forty.end(), 0.f);
  tf::constant(forty);
  tf::constant(std::vector<std::string>{"a", "bb"});
  tf::constant({{true}, {false}});
  tf::constant(std::nan("")), tf::constant(std::numeric_limits<double>::infinity()), tf::constant(-0.0);
  tf::constant(std::vector<float>(100, 2.5f));
  tf::constant(tf::Tensor::scalar(2.5));
  tf::convert_to_tensor({1, 2}, {.name = "conv"});
  tf::convert_to_tensor({{1., tf::constant(2.)}});
  tf::convert_to_tensor(tf::Shape{2, 3});
  tf::constant(7, {.name = "shape_as_tensor"});  // what a tf.Dimension becomes
  expect_golden_graph("constants");
}

TEST_F(GoldenFramework, ControlAndDevices) {
  tf::Output a, b, c, d, e;
  {
    const tf::device cpu("/cpu:0");
    a = tf::constant(1., {.name = "a"});
    {
      const tf::device ps("/job:ps/task:3");
      b = tf::constant(2., {.name = "b"});
      {
        const tf::device gpu("/device:GPU:1");
        c = tf::constant(3., {.name = "c"});
      }
      const tf::device none(nullptr);
      d = tf::constant(4., {.name = "d"});
    }
    const tf::device gpu("/gpu:0");
    e = tf::constant(5., {.name = "e"});
  }
  tf::Output f;
  tf::Operation h;
  {
    const tf::control_dependencies control({a, b});
    f = tf::add(a, b, {.name = "f"});
    h = tf::no_op("h");
    {
      const tf::control_dependencies inner({h});
      tf::identity(c, {.name = "i"});
    }
    const tf::control_dependencies none(nullptr);
    tf::identity(d, {.name = "j"});
  }
  {
    const tf::device by_type([](const tf::Operation& op) { return op.type() == "Const" ? "/cpu:1" : "/gpu:2"; });
    const tf::Output k = tf::constant(1., {.name = "k"});
    tf::sqrt(k, {.name = "l"});
  }
  tf::Output m;
  {
    const tf::colocate_with with_e(e);
    m = tf::constant(1., {.name = "m"});
    const tf::colocate_with with_a(a);
    tf::constant(1., {.name = "o"});
  }
  {
    const tf::colocate_with with_m(m);
    const tf::device cpu("/cpu:5");
    tf::constant(2., {.name = "r"});
  }
  tf::group({f, h}, {.name = "grp"});
  tf::group({a, e});
  tf::tuple({a, tf::Output(), e}, {.control_inputs = {h}});
  tf::identity_n({a, b});
  expect_golden_graph("control_and_devices");
}

TEST_F(GoldenFramework, CollectionsAndLocalVariables) {
  tf::add_to_collection("losses", tf::constant(1.));
  {
    const tf::variable_scope a("a");
    tf::add_to_collection("losses", tf::constant(2.));
    tf::get_variable("v", {1}, {.collections = {{"mine", tf::GraphKeys::GLOBAL_VARIABLES}}});
    tf::get_variable("nt", {1}, {.trainable = false});
  }
  tf::add_n(tf::get_collection("losses"), {.name = "total"});
  EXPECT_EQ(tf::get_collection("losses", "a").size(), 1u);
  tf::Variable(0, {.trainable = false, .collections = {{tf::GraphKeys::LOCAL_VARIABLES}}, .name = "loc"});
  tf::get_variable("mv", {2}, {.collections = {{tf::GraphKeys::GLOBAL_VARIABLES, tf::GraphKeys::MODEL_VARIABLES}}});
  tf::get_variable("global_step", {}, {.dtype = tf::int64, .initializer = tf::zeros_initializer(), .trainable = false,
                                       .collections = {{tf::GraphKeys::GLOBAL_VARIABLES, tf::GraphKeys::GLOBAL_STEP}}});
  expect_golden_graph("collections_and_local", {.collections = true});
}

}  // namespace
