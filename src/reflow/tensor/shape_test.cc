#include "reflow/tensor/shape.h"

#include <gtest/gtest.h>

namespace reflow {
namespace {

TEST(Shape, Text) {
  EXPECT_EQ(Shape{}.str(), "[]");
  EXPECT_EQ((Shape{2, -1, 0}).str(), "[2,?,0]");
  EXPECT_EQ(Shape::unknown().str(), "<unknown>");
  EXPECT_EQ(Shape::unknown_of_rank(2).str(), "[?,?]");
}

TEST(Shape, NumElements) {
  EXPECT_EQ(Shape{}.num_elements(), 1);
  EXPECT_EQ((Shape{2, 3}).num_elements(), 6);
  EXPECT_EQ((Shape{2, 0}).num_elements(), 0);
  EXPECT_EQ((Shape{2, -1}).num_elements(), -1);
  EXPECT_EQ((Shape{int64_t{1} << 62, 4}).num_elements(), -1);
  EXPECT_EQ(Shape::unknown().num_elements(), -1);
}

TEST(Shape, GrowsAndShrinksAcrossTheInlineLimit) {
  Shape shape;
  for (int i = 0; i < 9; ++i) shape.add_dim(i);
  EXPECT_EQ(shape.str(), "[0,1,2,3,4,5,6,7,8]");
  const Shape copy = shape;
  for (int i = 0; i < 4; ++i) shape.remove_dim(0);
  EXPECT_EQ(shape.str(), "[4,5,6,7,8]");
  shape.insert_dim(1, 10);
  shape.insert_dim(6, 11);
  EXPECT_EQ(shape.str(), "[4,10,5,6,7,8,11]");
  EXPECT_EQ(copy.rank(), 9);
  EXPECT_EQ(copy.dim(8), 8);
}

TEST(Shape, AssignsBetweenSmallAndLarge) {
  Shape small{1, 2}, large{1, 2, 3, 4, 5, 6, 7, 8};
  Shape shape = large;
  shape = small;
  EXPECT_EQ(shape, small);
  shape = large;
  EXPECT_EQ(shape, large);
  const Shape moved = std::move(shape);
  EXPECT_EQ(moved, large);
  EXPECT_NE(moved, small);
}

TEST(Shape, SubShape) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.sub_shape(1, 3), (Shape{3, 4}));
  EXPECT_EQ(shape.sub_shape(0, -1), (Shape{2, 3}));
  EXPECT_EQ(shape.sub_shape(2, 1), Shape{});
  EXPECT_EQ(shape.sub_shape(-2, 9), (Shape{3, 4}));
}

TEST(Shape, Compatible) {
  EXPECT_TRUE((Shape{2, -1}).compatible_with({-1, 3}));
  EXPECT_FALSE((Shape{2, -1}).compatible_with({3, -1}));
  EXPECT_FALSE((Shape{2}).compatible_with({2, 1}));
  EXPECT_TRUE(Shape::unknown().compatible_with({2, 1}));
  EXPECT_FALSE(Shape::unknown() == Shape{});
}

}  // namespace
}  // namespace reflow
