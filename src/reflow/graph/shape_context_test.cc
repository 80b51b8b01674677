#include "reflow/graph/shape_context.h"

#include <gtest/gtest.h>

#include "reflow/graph/test_ops.h"

namespace reflow::graph {
namespace {

class ShapeContextTest : public ::testing::Test {
 protected:
  std::string text(const Status& status) { return std::string(message_of(status)); }
  TestGraph g_;
  Node* node_ = g_.make("NoOp", {});
  ShapeContext c_{*node_, {}, {}, {}, false};
  Shape out_;
  int64_t dim_ = 0;
};

TEST_F(ShapeContextTest, Ranks) {
  EXPECT_EQ(text(c_.with_rank({3}, 2, &out_)), "Shape must be rank 2 but is rank 1");
  EXPECT_EQ(text(c_.with_rank_at_least({2, 3}, 3, &out_)), "Shape must be at least rank 3 but is rank 2");
  EXPECT_EQ(text(c_.with_rank_at_most({2, 3}, 1, &out_)), "Shape must be at most rank 1 but is rank 2");
  ASSERT_TRUE(c_.with_rank(Shape::unknown(), 2, &out_).ok());
  EXPECT_EQ(out_, Shape({-1, -1}));
}

TEST_F(ShapeContextTest, Merging) {
  ASSERT_TRUE(c_.merge({2, -1}, {-1, 3}, &out_).ok());
  EXPECT_EQ(out_, Shape({2, 3}));
  ASSERT_TRUE(c_.merge(Shape::unknown(), {5}, &out_).ok());
  EXPECT_EQ(out_, Shape({5}));
  EXPECT_EQ(text(c_.merge({}, {1}, &out_)), "Shapes must be equal rank, but are 0 and 1");
  EXPECT_EQ(text(c_.merge({2, -1}, {3, 4}, &out_)), "Dimension 0 in both shapes must be equal, but are 2 and 3. Shapes are [2,?] and [3,4].");
  EXPECT_EQ(text(c_.merge_dim(3, 4, &dim_)), "Dimensions must be equal, but are 3 and 4");
  EXPECT_EQ(text(c_.with_value(3, 2, &dim_)), "Dimension must be 2 but is 3");
}

TEST_F(ShapeContextTest, Parts) {
  ASSERT_TRUE(c_.sub_shape({2, 3, 4}, 1, -1, &out_).ok());
  EXPECT_EQ(out_, Shape({3}));
  ASSERT_TRUE(c_.sub_shape({2, 3}, 1, 9, &out_).ok());
  EXPECT_EQ(out_, Shape({3}));
  EXPECT_FALSE(c_.sub_shape({2, 3}, -3, 2, &out_).ok());
  ASSERT_TRUE(c_.concatenate({2}, {-1, 3}, &out_).ok());
  EXPECT_EQ(out_, Shape({2, -1, 3}));
  ASSERT_TRUE(c_.replace_dim({2, 3}, -1, 7, &out_).ok());
  EXPECT_EQ(out_, Shape({2, 7}));
}

TEST(Dims, ArithmeticWithUnknownAndOverflow) {
  int64_t d = 0;
  ASSERT_TRUE(add_dims(2, -1, &d).ok());
  EXPECT_EQ(d, -1);
  ASSERT_TRUE(multiply_dims(0, -1, &d).ok());
  EXPECT_EQ(d, 0);
  EXPECT_FALSE(add_dims(INT64_MAX, 1, &d).ok());
  EXPECT_FALSE(multiply_dims(INT64_MAX, 2, &d).ok());
  EXPECT_EQ(message_of(subtract_dims(2, 3, &d)), "Negative dimension size caused by subtracting 3 from 2");
  EXPECT_EQ(message_of(divide_dim(7, 2, true, &d)), "Dimension size must be evenly divisible by 2 but is 7");
}

std::string broadcast(const Shape& a, const Shape& b, bool concrete = false) {
  TestGraph g;
  ShapeContext c(*g.make("NoOp", {}), {}, {}, {}, concrete);
  Shape out;
  const Status status = broadcast_shapes(c, a, b, &out);
  return status.ok() ? out.str() : std::string(message_of(status));
}

TEST(Broadcast, KnownAndUnknownDims) {
  EXPECT_EQ(broadcast({2, 1}, {3}), "[2,3]");
  EXPECT_EQ(broadcast({-1}, {1}), "[?]");
  EXPECT_EQ(broadcast({-1}, {5}), "[5]");
  EXPECT_EQ(broadcast({-1}, {0}), "[?]");
  EXPECT_EQ(broadcast({-1}, {-1, 2}), "[?,2]");
  EXPECT_EQ(broadcast(Shape::unknown(), {2}), "<unknown>");
  EXPECT_EQ(broadcast({2, 3}, {2, 4}), "Dimensions must be equal, but are 3 and 4");
  EXPECT_EQ(broadcast({2, 3}, {2, 4}, true), "Incompatible shapes: [2,3] vs. [2,4]");
}

TEST(InferShapes, ErrorsTellWhatWasKnown) {
  TestGraph g;
  const Endpoint x = g.source(DType::kFloat32, {2, 3});
  EXPECT_EQ(g.error("TestAxis", {x, g.constant(Tensor::scalar(3))}),
            "Dimension size, given by scalar input 3 must be in range [-2, 2) for 'TestAxis' (op: 'TestAxis') with input shapes: [2,3], [] "
            "and with computed input tensors: input[1] = <3>.");
  EXPECT_EQ(g.error("TestReshape", {x, g.constant(Tensor::vector({1, 2, 3}))}),
            "Three dimensions for 'TestReshape' (op: 'TestReshape') with input shapes: [2,3], [3].");
}

TEST(InferShapes, ValuesUsedAsShapesMayBePartlyKnown) {
  TestGraph g;
  const Endpoint x = g.source(DType::kFloat32, {6});
  const Endpoint packed = g.make("Pack", {std::vector<Endpoint>{g.constant(Tensor::scalar(2)), g.source(DType::kInt32)}})->output(0);
  EXPECT_EQ(g.make("TestReshape", {x, packed})->output_shape(0), Shape({2, -1}));
  EXPECT_EQ(g.make("TestReshape", {x, g.constant(Tensor::vector({-1, 3}))})->output_shape(0), Shape({-1, 3}));
  const Endpoint shape = g.make("Shape", {g.source(DType::kFloat32, {-1, 4})})->output(0);
  EXPECT_EQ(g.make("TestReshape", {x, shape})->output_shape(0), Shape({-1, 4}));
  EXPECT_FALSE(g.make("TestReshape", {x, g.source(DType::kInt32, Shape::unknown())})->output_shape(0).known_rank());
}

}  // namespace
}  // namespace reflow::graph
