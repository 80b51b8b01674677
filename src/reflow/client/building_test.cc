// Mistakes while a graph is built, in TensorFlow's words; values that become tensors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

class Building : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(Building, NumbersTakeTheTypeOfTheTensorBesideThem) {
  EXPECT_EQ((tf::constant(1., tf::float64) + 1).dtype(), tf::float64);
  EXPECT_EQ((2 * tf::constant(1, tf::int64)).dtype(), tf::int64);
  EXPECT_THAT([] { tf::constant(1) + 1.5; },
              ThrowsMessage<tf::TypeError>(
                  "Input 'y' of 'AddV2' Op has type float32 that does not match type int32 of argument 'x'."));
}

TEST_F(Building, ConstantsInferTheirType) {
  EXPECT_EQ(tf::constant({1, 2}).dtype(), tf::int32);
  EXPECT_EQ(tf::constant(int64_t{1} << 40).dtype(), tf::int64);
  EXPECT_EQ(tf::constant({1, 2.5}).dtype(), tf::float32);
  EXPECT_EQ(tf::constant(std::vector<double>{1}).dtype(), tf::float64);
  EXPECT_EQ(tf::constant({{"a", "b"}}).shape(), (tf::Shape{1, 2}));
}

TEST_F(Building, ConstantsThatCannotBe) {
  EXPECT_THAT([] { tf::constant({1.5, 2}, tf::int32); },
              ThrowsMessage<tf::TypeError>("Expected int32, got 1.5 of type 'float' instead."));
  EXPECT_THAT([] { tf::constant("a", tf::float32); },
              ThrowsMessage<tf::TypeError>("Expected float32, got 'a' of type 'str' instead."));
  EXPECT_THAT([] { tf::constant({{1, 2}, {3}}); },
              ThrowsMessage<tf::ValueError>(
                  "Argument must be a dense tensor: [[1, 2], [3]] - got shape [2], but wanted [2, 2]."));
  EXPECT_THAT([] { tf::constant({1, 2, 3}, {.shape = tf::Shape{2}}); },
              ThrowsMessage<tf::ValueError>("Too many elements provided. Needed at most 2, but received 3"));
  EXPECT_THAT([] { tf::constant(std::nullopt); }, ThrowsMessage<tf::ValueError>("None values not supported."));
}

TEST_F(Building, ShapesThatDontFit) {
  EXPECT_THAT([] { tf::ones({2, 3}) + tf::ones({2, 4}); },
              ThrowsMessage<tf::ValueError>("Dimensions must be equal, but are 3 and 4 for 'add' (op: 'AddV2') with "
                  "input "
                                            "shapes: [2,3], [2,4]."));
  EXPECT_THAT([] { tf::placeholder(tf::float32, {2, 3}).set_shape({2, 4}); }, ThrowsMessage<tf::ValueError>(StartsWith(
      "Dimension 1 in both shapes must be equal, but are 3 and 4. Shapes are [2,3] and [2,4].")));
}

TEST_F(Building, ArgumentsOfWrongType) {
  const tf::Variable v(1);
  EXPECT_THAT([&] { tf::assign(v, 2.0); },
              ThrowsMessage<tf::TypeError>("Expected int32 passed to parameter 'value' of op 'Assign', got 2.0 of type "
                                           "'float' instead. Error: Expected int32, got 2.0 of type 'float' instead."));
}

TEST_F(Building, NamesThatAreNotThere) {
  EXPECT_THAT([this] { graph_.get_operation_by_name("x"); },
              ThrowsMessage<tf::KeyError>("The name 'x' refers to an Operation not in the graph."));
  EXPECT_THAT([this] { graph_.get_tensor_by_name("x:0"); },
              ThrowsMessage<tf::KeyError>("The name 'x:0' refers to a Tensor which does not exist. The operation, "
                  "'x', does "
                                          "not exist in the graph."));
  EXPECT_THAT([this] { graph_.get_tensor_by_name("x"); }, ThrowsMessage<tf::ValueError>(HasSubstr("looks like an "
      "(invalid)")));
}

TEST_F(Building, FinalizedGraph) {
  graph_.finalize();
  EXPECT_THAT([] { tf::constant(1); }, ThrowsMessage<tf::RuntimeError>("Graph is finalized and cannot be modified."));
}

TEST_F(Building, VariableScopesInTensorFlowsWords) {
  tf::get_variable("v", {1});
  EXPECT_THAT([] { tf::get_variable("v", {1}); },
              ThrowsMessage<tf::ValueError>("Variable v already exists, disallowed. Did you mean to set reuse=True or "
                                            "reuse=tf.AUTO_REUSE in VarScope?"));
  const tf::variable_scope again(tf::get_variable_scope(), {.reuse = true});
  EXPECT_THAT([] { tf::get_variable("w", {1}); },
              ThrowsMessage<tf::ValueError>("Variable w does not exist, or was not created with tf.get_variable(). "
                  "Did you "
                                            "mean to set reuse=tf.AUTO_REUSE in VarScope?"));
  EXPECT_THAT([] { tf::get_variable("v", {2}); },
              ThrowsMessage<tf::ValueError>("Trying to share variable v, but specified shape (2,) and found shape "
                  "(1,)."));
  EXPECT_THAT([] { tf::get_variable("v", {1}, {.dtype = tf::int32}); },
              ThrowsMessage<tf::ValueError>(
                  "Trying to share variable v, but specified dtype int32 and found dtype float32_ref."));
}

TEST_F(Building, ScopesRegularize) {
  const tf::variable_scope scope("s", {.regularizer = [](const tf::TensorLike& w) { return tf::nn::l2_loss(w); }});
  tf::get_variable("w", {2});
  const std::vector<tf::Output> losses = tf::get_collection(tf::GraphKeys::REGULARIZATION_LOSSES);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].name(), "s/w/Regularizer/L2Loss:0");
}

TEST_F(Building, GraphDefsGoOutAndIn) {
  const tf::Output a = tf::constant(1., {.name = "a"}), b = a + 1.;
  const std::string proto = graph_.as_graph_def();
  const tf::Graph other;
  const auto scope = other.as_default();
  const tf::Output two = tf::constant(2., {.name = "two"});
  const auto elements = tf::import_graph_def(proto, {.input_map = {{"a:0", two}}, .return_elements = {"add:0", "a"}});
  EXPECT_EQ(elements[0].output().name(), "import/add:0");
  EXPECT_EQ(elements[0].output().op().inputs()[0], two);
  EXPECT_THROW(tf::import_graph_def("no proto"), tf::ValueError);
}

TEST_F(Building, SeedsAreDerivedAsInPython) {
  EXPECT_EQ(tf::get_seed(std::nullopt).seed, 0);
  EXPECT_EQ(tf::get_seed(3).seed, 87654321);
  tf::set_random_seed(7);
  tf::constant(1);
  EXPECT_EQ(tf::get_seed(std::nullopt).seed2, 1);
  tf::set_random_seed(0);
  EXPECT_EQ(tf::get_seed(0).seed2, 2147483647);
}

TEST_F(Building, IndicesSliceAsNumPy) {
  const tf::Output x = tf::placeholder(tf::float32, {4, 5, 6});
  EXPECT_EQ(x[0].shape(), (tf::Shape{5, 6}));
  EXPECT_EQ((x[{tf::ellipsis, tf::Slice(1, 3)}].shape()), (tf::Shape{4, 5, 2}));
  EXPECT_EQ((x[{tf::newaxis, tf::Slice({}, {}, 2), -1}].shape()), (tf::Shape{1, 2, 6}));
}

}  // namespace
