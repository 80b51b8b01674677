#include "reflow/data/row_stack.h"

#include <gtest/gtest.h>

namespace reflow::data {
namespace {

TEST(RowStack, CopiesRowsToTheirPlaces) {
  RowStack stack(3);
  ASSERT_TRUE(stack.add({Tensor::vector<int64_t>({1, 2}), Tensor::scalar("a")}).ok());
  ASSERT_TRUE(stack.add({Tensor::vector<int64_t>({3, 4}), Tensor::scalar("b")}).ok());
  const Element rows = *stack.take();
  EXPECT_EQ(rows[0].shape(), (Shape{2, 2}));
  EXPECT_EQ(rows[0].summarize(4), "[1 2][3 4]");
  EXPECT_EQ(rows[1].flat<std::string>()[1], "b");
  EXPECT_EQ(stack.rows(), 0);
}

TEST(RowStack, RowsHaveOneShape) {
  const auto mistake = [](bool of_map) {
    RowStack stack(3, of_map);
    EXPECT_TRUE(stack.add({Tensor::vector<int64_t>({1})}).ok());
    return std::string(message_of(stack.add({Tensor::vector<int64_t>({1, 2})})));
  };
  EXPECT_EQ(mistake(false),
            "Cannot batch tensors with different shapes in component 0. First element had shape [1] and element 1 had shape [2].");
  EXPECT_EQ(mistake(true),
            "Cannot add tensor to the batch: number of elements does not match. Shapes are: [tensor]: [2], [batch]: [1]");
}

TEST(RowStack, GrowsWhereThereIsNoRoomForAll) {
  RowStack stack(int64_t{1} << 50);
  const Tensor row(DType::kUint8, {40 << 20});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(stack.add({row}).ok());
  EXPECT_EQ((*stack.take())[0].shape().str(), "[3,41943040]");
}

}  // namespace
}  // namespace reflow::data
