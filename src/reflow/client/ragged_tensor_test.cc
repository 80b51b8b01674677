// Ragged tensors, and the functions of strings that give them. Values are those of TensorFlow 1.15.5.

#include "reflow/client/ragged_tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

template <typename T>
std::vector<T> values(const tf::Output& x) {
  const tf::Tensor tensor = tf::Session().run(x);
  return std::vector<T>(tensor.data<T>(), tensor.data<T>() + tensor.num_elements());
}

class RaggedTensorTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::Output v_ = tf::constant({3., 1., 4., 1., 5.});
};

TEST_F(RaggedTensorTest, RowsCanBeToldInFiveWays) {
  using tf::RaggedTensor;
  const std::vector<RaggedTensor> same = {RaggedTensor::from_row_splits(v_, {0, 2, 2, 5}),
                                          RaggedTensor::from_row_lengths(v_, {2, 0, 3}),
                                          RaggedTensor::from_row_starts(v_, {0, 2, 2}),
                                          RaggedTensor::from_row_limits(v_, {2, 2, 5}),
                                          RaggedTensor::from_value_rowids(v_, {0, 0, 2, 2, 2}, {.nrows = 3})};
  for (const RaggedTensor& rows : same) {
    EXPECT_THAT(values<int64_t>(rows.row_splits()), ElementsAre(0, 2, 2, 5));
    EXPECT_THAT(values<int64_t>(rows.value_rowids()), ElementsAre(0, 0, 2, 2, 2));
    EXPECT_THAT(values<int64_t>(rows.row_lengths()), ElementsAre(2, 0, 3));
    EXPECT_THAT(values<int64_t>(rows.bounding_shape()), ElementsAre(3, 3));
    EXPECT_THAT(values<float>(rows.to_tensor(-1.)), ElementsAre(3, 1, -1, -1, -1, -1, 4, 1, 5));
  }
  EXPECT_EQ(same[0].shape(), (tf::Shape{3, -1}));
  EXPECT_THAT(values<int64_t>(same[0].row_starts()), ElementsAre(0, 2, 2));
  EXPECT_THAT(values<int64_t>(same[0].row_limits()), ElementsAre(2, 2, 5));
}

TEST_F(RaggedTensorTest, RowsThatDontFitAreErrorsInTheRun) {
  const auto run = [](const tf::RaggedTensor& rows) { return tf::Session().run(rows.row_splits()); };
  const tf::Output splits = tf::placeholder_with_default(std::vector<int64_t>{0, 3, 2, 5}, {-1});
  EXPECT_THAT([&] { run(tf::RaggedTensor::from_row_splits(v_, splits)); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(HasSubstr("do not form a valid RaggedTensor:monotonic")));
  const tf::Output lengths = tf::placeholder_with_default(std::vector<int64_t>{2, 2}, {-1});
  EXPECT_THROW(run(tf::RaggedTensor::from_row_lengths(v_, lengths)), tf::errors::InvalidArgumentError);
  EXPECT_NO_THROW(run(tf::RaggedTensor::from_row_lengths(v_, lengths, {.validate = false})));
}

TEST_F(RaggedTensorTest, LevelsNest) {
  const auto rows = tf::RaggedTensor::from_nested_row_splits(v_, {{0, 1, 3}, {0, 2, 2, 5}});
  EXPECT_EQ(rows.ragged_rank(), 2);
  EXPECT_EQ(rows.shape(), (tf::Shape{2, -1, -1}));
  EXPECT_TRUE(rows.values().is_ragged());
  EXPECT_THAT(values<float>(rows.to_tensor()), ElementsAre(3, 1, 0, 0, 0, 0, 0, 0, 0, 4, 1, 5));
  EXPECT_THAT(values<int64_t>(rows.nested_row_lengths()[0]), ElementsAre(1, 2));
  const auto doubled = rows.with_flat_values(v_ * 2.);
  EXPECT_THAT(values<float>(doubled.flat_values()), ElementsAre(6, 2, 8, 2, 10));
  const auto by_ids = tf::RaggedTensor::from_nested_value_rowids(v_, {{0, 1, 1}, {0, 0, 2, 2, 2}});
  EXPECT_THAT(values<int64_t>(by_ids.row_splits()), ElementsAre(0, 1, 3));
}

TEST_F(RaggedTensorTest, FromAndToTensors) {
  const tf::Output matrix = tf::constant({{5., 7., 0.}, {0., 3., 0.}, {6., 0., 0.}});
  EXPECT_THAT(values<float>(tf::RaggedTensor::from_tensor(matrix).flat_values()), ElementsAre(5, 7, 0, 0, 3, 0, 6, 0, 0));
  const auto cut = tf::RaggedTensor::from_tensor(matrix, {.lengths = {1, 0, 3}});
  EXPECT_THAT(values<float>(cut.flat_values()), ElementsAre(5, 6, 0, 0));
  const auto padded = tf::RaggedTensor::from_tensor(matrix, {.padding = 0.});
  EXPECT_THAT(values<int64_t>(padded.row_lengths()), ElementsAre(2, 2, 1));
  const auto deep = tf::RaggedTensor::from_tensor(tf::reshape(matrix, {1, 3, 3}), {.ragged_rank = 2});
  EXPECT_THAT(values<int64_t>(deep.nested_row_splits()[1]), ElementsAre(0, 3, 6, 9));
  EXPECT_THROW(tf::RaggedTensor::from_tensor(matrix, {.lengths = {1}, .padding = 0.}), tf::ValueError);
}

TEST_F(RaggedTensorTest, SparseTensorsAndBack) {
  const auto rows = tf::RaggedTensor::from_row_lengths(v_, {2, 0, 3});
  const tf::SparseTensor sparse = rows.to_sparse();
  EXPECT_THAT(values<int64_t>(sparse.indices), ElementsAre(0, 0, 0, 1, 2, 0, 2, 1, 2, 2));
  EXPECT_THAT(values<int64_t>(tf::RaggedTensor::from_sparse(sparse).row_splits()), ElementsAre(0, 2, 2, 5));
}

TEST_F(RaggedTensorTest, SplitsOfOneTypeAtAllLevels) {
  const auto inner = tf::RaggedTensor::from_row_splits(v_, tf::constant({0, 2, 5}));
  EXPECT_EQ(inner.row_splits().dtype(), tf::int32);
  const auto outer = tf::RaggedTensor::from_row_lengths(inner, tf::constant({1, 1}, tf::int64));
  EXPECT_EQ(outer.nested_row_splits()[1].dtype(), tf::int64);
  EXPECT_THROW(tf::RaggedTensor::from_row_splits(v_, {0.f, 5.f}), tf::ValueError);
}

TEST_F(RaggedTensorTest, StringsAsBytesAndCharacters) {
  const auto bytes = tf::strings::bytes_split({"hi", "", "\xc3\x83"}).ragged();
  EXPECT_THAT(values<std::string>(bytes.flat_values()), ElementsAre("h", "i", "\xc3", "\x83"));
  EXPECT_THAT(values<int64_t>(bytes.row_splits()), ElementsAre(0, 2, 2, 4));
  const auto points = tf::strings::unicode_decode_with_offsets({"G\xc3\xb6\xc3\xb6" "dnight", ""}, "UTF-8");
  EXPECT_THAT(values<int32_t>(points.values.ragged().flat_values()), ElementsAre(71, 246, 246, 100, 110, 105, 103, 104, 116));
  EXPECT_THAT(values<int64_t>(points.offsets.ragged().flat_values()), ElementsAre(0, 1, 3, 5, 6, 7, 8, 9, 10));
  const tf::Output characters = tf::strings::unicode_split(tf::constant("G\xc3\xb6" "d"), "UTF-8").tensor();
  EXPECT_THAT(values<std::string>(characters), ElementsAre("G", "\xc3\xb6", "d"));
  const auto code_points = tf::RaggedTensor::from_row_lengths({71, 246, 0x1F60A}, {2, 0, 1});
  EXPECT_THAT(values<std::string>(tf::strings::unicode_encode(code_points, "UTF-8").tensor()),
              ElementsAre("G\xc3\xb6", "", "\xf0\x9f\x98\x8a"));
}

TEST_F(RaggedTensorTest, NgramsOfRows) {
  EXPECT_THAT(values<std::string>(tf::strings::ngrams({"a", "b", "c"}, 2).tensor()), ElementsAre("a b", "b c"));
  const auto rows = tf::RaggedTensor::from_row_lengths({"a", "b", "c", "d", "x"}, {4, 1});
  const auto padded = tf::strings::ngrams(rows, {2, 3}, {.pad_values = {{"<", "<"}}, .padding_width = 1}).ragged();
  EXPECT_THAT(values<std::string>(padded.flat_values()), ElementsAre("< a", "a b", "b c", "c d", "d <", "< a b", "a b c",
                                                                     "b c d", "c d <", "< x", "x <", "< x <"));
  EXPECT_THAT([&] { tf::strings::ngrams(rows, 0); },
              ThrowsMessage<tf::ValueError>("All ngram_widths must be greater than 0. Got [0]"));
}

}  // namespace
