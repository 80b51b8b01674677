// The ops of stacks and TensorArrays: static shapes as TensorFlow infers them, and what stacks do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/session.h"

namespace reflow::ops {
namespace {

using client::apply_op;
using client::make_op;
using ::testing::HasSubstr;

class LoopStateTest : public ::testing::Test {
 protected:
  static std::string shapes_of(graph::Node* node) {
    std::string text;
    for (int i = 0; i < node->num_outputs(); ++i) text += (i > 0 ? " " : "") + node->output_shape(i).str();
    return text;
  }
  std::string error_of(const GraphElement& fetch) {
    try {
      Session().run(fetch);
    } catch (const errors::OpError& e) {
      return e.message();
    }
    return "";
  }
  Output stack() { return apply_op("StackV2", "st", {-1}, {{"elem_type", float32}}); }
  Output push(const Output& stack, float value) { return apply_op("StackPushV2", "", {stack, value}); }
  Output pop(const Output& stack, DType type = float32) { return apply_op("StackPopV2", "", {stack}, {{"elem_type", type}}); }
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(LoopStateTest, ShapesOfArrayOps) {
  graph::Node* array = make_op("TensorArrayV3", "", {3}, {{"dtype", float32}, {"element_shape", Shape{2}}});
  const Output handle(array, 0), flow(array, 1);
  EXPECT_EQ(shapes_of(array), "[2] []");
  EXPECT_EQ(shapes_of(make_op("TensorArrayWriteV3", "", {handle, 0, {1., 2.}, flow})), "[]");
  EXPECT_EQ(shapes_of(make_op("TensorArrayReadV3", "", {handle, 0, flow}, {{"dtype", float32}})), "[2]");
  EXPECT_EQ(shapes_of(make_op("TensorArrayGatherV3", "", {handle, {0, 1}, flow}, {{"dtype", float32}})), "[2,2]");
  EXPECT_EQ(shapes_of(make_op("TensorArrayScatterV3", "", {handle, {0}, {{1., 2.}}, flow})), "[]");
  EXPECT_EQ(shapes_of(make_op("TensorArrayConcatV3", "", {handle, flow}, {{"dtype", float32}})), "<unknown> [?]");
  EXPECT_EQ(shapes_of(make_op("TensorArraySplitV3", "", {handle, {1., 2.}, {2}, flow})), "[]");
  EXPECT_EQ(shapes_of(make_op("TensorArraySizeV3", "", {handle, flow})), "[]");
  EXPECT_EQ(shapes_of(make_op("TensorArrayGradV3", "", {handle, flow}, {{"source", "gradients"}})), "[2] []");
  EXPECT_EQ(shapes_of(make_op("TensorArrayCloseV3", "", {handle})), "");
}

TEST_F(LoopStateTest, GradientArrayWithDimensionsBefore) {
  graph::Node* array = make_op("TensorArrayV3", "", {1}, {{"dtype", float32}, {"element_shape", Shape{2}}});
  graph::Node* grad = make_op("TensorArrayGradWithShape", "", {Output(array, 0), Output(array, 1), {3}}, {{"source", "gradients"}});
  const Output zeros = apply_op("TensorArrayReadV3", "", {Output(grad, 0), 0, Output(grad, 1)}, {{"dtype", float32}});
  EXPECT_EQ(Session().run(zeros).shape(), (Shape{3, 2}));
}

TEST_F(LoopStateTest, StackGivesTheLastFirst) {
  const Output s = stack(), first = push(s, 1);
  Output second, top;
  {
    const control_dependencies after({first});
    second = push(s, 2);
  }
  {
    const control_dependencies after({second});
    top = pop(s);
  }
  const control_dependencies after({top});
  const auto [a, b] = Session().run<2>({top, pop(s)});
  EXPECT_EQ(a.item<float>(), 2);
  EXPECT_EQ(b.item<float>(), 1);
  EXPECT_EQ(s.shape().str(), "[2]");
}

TEST_F(LoopStateTest, StackThatIsEmptyOrClosed) {
  EXPECT_THAT(error_of(pop(stack())), HasSubstr("is empty when calling Pop()."));
  const Output s = stack();
  const control_dependencies after({Operation(make_op("StackCloseV2", "", {s}))});
  EXPECT_THAT(error_of(push(s, 1)), HasSubstr("has already been closed."));
}

TEST_F(LoopStateTest, HandleOfSomethingElse) {
  graph::Node* array = make_op("TensorArrayV3", "", {1}, {{"dtype", float32}});
  EXPECT_THAT(error_of(pop(Output(array, 0))), HasSubstr("does not exist."));
}

}  // namespace
}  // namespace reflow::ops
