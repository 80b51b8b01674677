#include "reflow/op/broadcast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reflow::op {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Broadcast, EqualShapesAreOneDimension) {
  const Broadcast b({2, 3, 4}, {2, 3, 4});
  EXPECT_TRUE(b.same_shape);
  EXPECT_THAT(b.dims, ElementsAre(24));
  EXPECT_THAT(b.a_strides, ElementsAre(1));
  EXPECT_THAT(b.b_strides, ElementsAre(1));
}

TEST(Broadcast, RowsAreRepeated) {
  const Broadcast b({5, 2, 3}, {2, 3});
  EXPECT_THAT(b.dims, ElementsAre(5, 6));
  EXPECT_THAT(b.a_strides, ElementsAre(6, 1));
  EXPECT_THAT(b.b_strides, ElementsAre(0, 1));
  EXPECT_EQ(b.num_elements, 30);
}

TEST(Broadcast, BothAreRepeated) {
  const Broadcast b({5, 1, 3}, {1, 4, 1});
  EXPECT_THAT(b.dims, ElementsAre(5, 4, 3));
  EXPECT_THAT(b.a_strides, ElementsAre(3, 0, 1));
  EXPECT_THAT(b.b_strides, ElementsAre(0, 1, 0));
}

TEST(Broadcast, ScalarsOfAnyRank) {
  const Broadcast b({}, {1, 1});
  EXPECT_TRUE(b.a_scalar);
  EXPECT_TRUE(b.b_scalar);
  EXPECT_THAT(b.dims, ElementsAre(1));
}

std::pair<std::vector<int64_t>, std::vector<int64_t>> axes_of(const Shape& a, const Shape& b) {
  std::pair<std::vector<int64_t>, std::vector<int64_t>> axes;
  Broadcast::reduction_indices(a, b, &axes.first, &axes.second);
  return axes;
}

TEST(Broadcast, ReductionIndicesOfTheShapeThatIsRepeated) {
  EXPECT_THAT(axes_of({2, 3}, {3}).first, IsEmpty());
  EXPECT_THAT(axes_of({2, 3}, {3}).second, ElementsAre(0));
  EXPECT_THAT(axes_of({5, 1, 3}, {1, 4, 1}).first, ElementsAre(1));
  EXPECT_THAT(axes_of({5, 1, 3}, {1, 4, 1}).second, ElementsAre(0, 2));
}

TEST(Broadcast, SharedOnesAreReducedUnlessTheShapesAreEqual) {
  EXPECT_THAT(axes_of({2, 1}, {1, 1}).first, ElementsAre(1));
  EXPECT_THAT(axes_of({2, 1}, {1, 1}).second, ElementsAre(0, 1));
  EXPECT_THAT(axes_of({1, 1}, {1, 1}).first, IsEmpty());
}

}  // namespace
}  // namespace reflow::op
