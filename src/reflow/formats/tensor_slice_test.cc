#include "reflow/formats/tensor_slice.h"

#include <gtest/gtest.h>

#include <numeric>

namespace reflow::formats {
namespace {

TEST(TensorSlice, ShapeAndSlice) {
  const auto read = parse_shape_and_slice("10 20 0,5:-");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->shape, (Shape{10, 20}));
  EXPECT_EQ(read->slice_shape, (Shape{5, 20}));
  EXPECT_EQ(read->slice.str(), "0,5:-");
  EXPECT_FALSE(read->slice.is_whole(read->shape));
  EXPECT_TRUE(TensorSlice::parse("0,10:-")->is_whole(read->shape));
}

TEST(TensorSlice, ErrorsAreTensorFlows) {
  const auto error = [](std::string_view text) { return std::string(message_of(parse_shape_and_slice(text).status())); };
  EXPECT_EQ(error("10"), "Need least two elements in shape_and_slice specification: 10");
  EXPECT_EQ(error("a 0,1"), "Non numerical dimension in shape_and_slice: a 0,1");
  EXPECT_EQ(error("4 0"), "Expected a pair of numbers or '-' but got '0': string = 0");
  EXPECT_EQ(error("4 0,0"), "Expected non-negative start and positive length but got start = 0, length = 0: string = 0,0");
  EXPECT_EQ(error("4 4 0,1"), "Mismatching ranks: shape = [4,4], slice = 0,1");
  EXPECT_EQ(error("4 3,2"), "Extent in dimension 0 out of bounds: shape = [4], slice = 3,2");
  EXPECT_EQ(error("4 9223372036854775807,9223372036854775807").substr(0, 34), "Extent in dimension 0 out of bound");
}

TEST(TensorSlice, KeyOfASlice) {
  using std::string_literals::operator""s;
  const TensorSlice slice = *TensorSlice::parse("64,3:-");
  EXPECT_EQ(slice_key("v", slice), "\0v\0\1\1\2\xc0\x40\x83\x80\x7f"s);
  std::string name;
  TensorSlice parsed;
  ASSERT_TRUE(parse_slice_key(slice_key("v", slice), &name, &parsed));
  EXPECT_EQ(name, "v");
  EXPECT_EQ(parsed, slice);
  EXPECT_FALSE(parse_slice_key(slice_key("v", slice) + "x", &name, &parsed));
  EXPECT_FALSE(parse_slice_key("v", &name, &parsed));
}

TEST(TensorSlice, CopiesWhatIsCommon) {
  std::vector<float> from(2 * 3), to(3 * 2, -1);
  std::iota(from.begin(), from.end(), 0);
  // Rows 1 and 2 of a [4,3], all columns; rows 0 to 2 of its columns 1 and 2.
  EXPECT_EQ(copy_common({4, 3}, *TensorSlice::parse("1,2:-"), from.data(), *TensorSlice::parse("0,3:1,2"), to.data(), 4), 4);
  EXPECT_EQ(to, (std::vector<float>{-1, -1, 1, 2, 4, 5}));
  EXPECT_EQ(copy_common({4, 3}, *TensorSlice::parse("0,2:-"), from.data(), *TensorSlice::parse("2,2:-"), to.data(), 4), 0);
  EXPECT_EQ(copy_common({}, TensorSlice::whole(0), from.data() + 5, TensorSlice::whole(0), to.data(), 4), 1);
  EXPECT_EQ(to[0], 5);
}

}  // namespace
}  // namespace reflow::formats
