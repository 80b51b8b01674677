#include "reflow/client/tensor_array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/gradients.h"
#include "reflow/client/scopes.h"
#include "reflow/client/session.h"

namespace reflow {
namespace {

using ::testing::HasSubstr;

class TensorArrayTest : public ::testing::Test {
 protected:
  static Output of_any_shape(const TensorLike& value) { return placeholder_with_default(value, Shape::unknown()); }
  // What the run says where it fails, without the place.
  std::string error_of(const GraphElement& fetch) {
    try {
      Session().run(fetch);
    } catch (const errors::OpError& e) {
      const std::string message = e.message();
      return message.substr(0, message.find("\n\t [["));
    }
    return "";
  }
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(TensorArrayTest, IndexOutOfRange) {
  EXPECT_THAT(error_of(TensorArray(float32, 3).write(3, 1.).flow()),
              HasSubstr(": Tried to write to index 3 but array is not resizeable and size is: 3"));
  EXPECT_EQ(error_of(TensorArray(float32, 3).read(5)), "Tried to read from index 5 but array size is: 3");
  EXPECT_EQ(error_of(TensorArray(float32, -1).size()), "Size should be >= 0.");
}

TEST_F(TensorArrayTest, ElementIsWrittenOnce) {
  const TensorArray array = TensorArray(float32, 3).write(0, 1.).write(0, 2.);
  EXPECT_THAT(error_of(array.flow()), HasSubstr(": Could not write to TensorArray index 0 because it has already been written "
                                                "to."));
}

TEST_F(TensorArrayTest, ElementIsReadOnceUnlessKept) {
  const auto read_twice = [](bool clear) {
    const TensorArray array = TensorArray(float32, 1, {.clear_after_read = clear}).write(0, 3.);
    const Output first = array.read(0);
    const control_dependencies after({first});
    return array.read(0);
  };
  EXPECT_THAT(error_of(read_twice(true)), HasSubstr("Could not read index 0 twice because it was cleared after a previous "
                                                    "read (perhaps try setting clear_after_read = false?)."));
  EXPECT_EQ(Session().run(read_twice(false)).item<float>(), 3);
}

TEST_F(TensorArrayTest, UnwrittenElementIsZeroWhereTheShapeIsKnown) {
  EXPECT_EQ(Session().run(TensorArray(float32, 3, {.element_shape = {2}}).read(0)).summarize(), "0 0");
  EXPECT_THAT(error_of(TensorArray(float32, 3).read(0)),
              HasSubstr("Could not read from TensorArray index 0.  Furthermore, the element shape is not fully defined: "
                        "<unknown>."));
  EXPECT_EQ(error_of(TensorArray(string, 2, {.element_shape = Shape{}}).write(0, "a").stack()),
            "tensor_array::TensorSetZero type not supported: string");
}

TEST_F(TensorArrayTest, ElementsHaveOneShape) {
  TensorArray array = TensorArray(float32, 3).write(0, of_any_shape({1., 2.})).write(1, of_any_shape({1., 2., 3.}));
  EXPECT_THAT(error_of(array.flow()),
              HasSubstr("Could not write to TensorArray index 1 because the value shape is [3] which is incompatible with the "
                        "TensorArray's inferred element shape: [2] (consider setting infer_shape=False)."));
  EXPECT_THROW(TensorArray(float32, 2, {.element_shape = {3}}).write(0, {1., 2.}), ValueError);
}

TEST_F(TensorArrayTest, StackNeedsEqualShapes) {
  const TensorArray array = TensorArray(float32, 2, {.infer_shape = false}).write(0, {1., 2.}).write(1, {1., 2., 3.});
  EXPECT_EQ(error_of(array.stack()),
            "TensorArray has inconsistent shapes.  Index 0 has shape: [2] but index 1 has shape: [3]");
  EXPECT_EQ(Session().run(array.concat()).summarize(-1), "1 2 1 2 3");
}

TEST_F(TensorArrayTest, Empty) {
  EXPECT_EQ(Session().run(TensorArray(float32, 0, {.element_shape = {2}}).stack()).shape(), (Shape{0, 2}));
  EXPECT_EQ(Session().run(TensorArray(float32, 0, {.element_shape = {2, 3}}).concat()).shape(), (Shape{0, 3}));
  EXPECT_THAT(error_of(TensorArray(float32, 0).stack()),
              HasSubstr("TensorArray has size zero, but element shape <unknown> is not fully defined."));
}

TEST_F(TensorArrayTest, ScatterAndSplit) {
  EXPECT_EQ(error_of(TensorArray(float32, 2).scatter({0, 2}, {1., 2.}).flow()),
            "Max scatter index must be < array size (2 vs. 2)");
  EXPECT_EQ(Session().run(TensorArray(float32, 2, {.dynamic_size = true}).scatter({0, 5}, {1., 2.}).size()).item<int32_t>(),
            6);
  EXPECT_THAT(error_of(TensorArray(float32, 2).split({1., 2., 3.}, {1, 1}).flow()),
              HasSubstr("Expected sum of lengths to be equal to values.shape[0], but sum of lengths is 2 and value's shape is: "
                        "[3]"));
  EXPECT_THAT(error_of(TensorArray(float32, 2).split({1., 2., 3.}, {-1, 4}).flow()), HasSubstr("Expected sum of lengths"));
  EXPECT_THAT(error_of(TensorArray(float32, 2, {.infer_shape = false}).split({1., 2., 3.}, {1, 1, 1}).flow()),
              HasSubstr("TensorArray's size is not equal to the size of lengths (2 vs. 3)"));
}

TEST_F(TensorArrayTest, ClosedArrayIsOfNoUse) {
  const TensorArray array(float32, 3);
  const control_dependencies after({array.close()});
  EXPECT_THAT(error_of(array.write(0, 1.).flow()), HasSubstr("has already been closed."));
}

TEST_F(TensorArrayTest, GradientArrayAddsUp) {
  const TensorArray gradient = TensorArray(float32, 3, {.element_shape = Shape{}}).grad("gradients");
  EXPECT_EQ(Session().run(gradient.write(1, 2.).write(1, 3.).read(1)).item<float>(), 5);
}

TEST_F(TensorArrayTest, ValuesKeepTheirGradientThroughTheArray) {
  const Output x = constant({1., 2., 3.});
  const TensorArray array = TensorArray(float32, 3).unstack(x);
  const Output y = array.read(1);
  EXPECT_EQ(Session().run(gradients(y, x)[0].values()).summarize(), "0 1 0");
}

}  // namespace
}  // namespace reflow
