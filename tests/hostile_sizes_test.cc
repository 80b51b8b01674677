// Sizes in values and attributes that ask for far more than there is, and cost nothing until they are used, or end in an error.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "tests/kit/session_fixture.h"

namespace reflow {
namespace {

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr int64_t kMost64 = std::numeric_limits<int64_t>::max(), kHuge = int64_t{1} << 40;

class HostileSizes : public testing::SessionFixture {
 protected:
  Endpoint number(int32_t n) { return constant(Tensor::scalar(n)); }
  Endpoint number64(int64_t n) { return constant(Tensor::scalar(n)); }
  Endpoint ints(const std::vector<int32_t>& n) { return constant(Tensor::from(std::span(n), {std::ssize(n)})); }
  Endpoint longs(const std::vector<int64_t>& n) { return constant(Tensor::from(std::span(n), {std::ssize(n)})); }
  Endpoint pairs(const std::vector<int64_t>& n) { return constant(Tensor::from(std::span(n), {std::ssize(n) / 2, 2})); }
  Endpoint empty(DType type, Shape shape) { return constant(Tensor(type, std::move(shape))); }
  static void begins(const std::string& text, std::string_view with) { EXPECT_EQ(text.substr(0, with.size()), with); }
};

TEST_F(HostileSizes, TensorArrayOfManyElements) {
  Node* array = node("TensorArrayV3", {number(kMost)}, {{"dtype", DType::kFloat32}, {"element_shape", Shape{}}});
  const Endpoint handle = array->output(0);
  const Endpoint written = op("TensorArrayWriteV3", {handle, number(kMost - 1), constant(7), array->output(1)});
  const Endpoint last = op("TensorArrayReadV3", {handle, number(kMost - 1), written}, {{"dtype", DType::kFloat32}});
  EXPECT_EQ(scalar(last), 7);
  EXPECT_EQ(scalar(op("TensorArrayReadV3", {handle, number(5), array->output(1)}, {{"dtype", DType::kFloat32}})), 0);
  EXPECT_EQ(run({op("TensorArraySizeV3", {handle, written})})[0].item<int32_t>(), kMost);
  Node* gradient = node("TensorArrayGradV3", {handle, written}, {{"source", "gradients"}});
  EXPECT_EQ(run({op("TensorArraySizeV3", {gradient->output(0), gradient->output(1)})})[0].item<int32_t>(), kMost);
  EXPECT_NE(error({op("TensorArrayConcatV3", {handle, array->output(1)}, {{"dtype", DType::kFloat32}})})
                .find("Tried to read all of 2147483647 elements, of which more than 262144 have not been written"),
            std::string::npos);
}

TEST_F(HostileSizes, TensorArrayThatGrowsToManyElements) {
  Node* array = node("TensorArrayV3", {number(0)}, {{"dtype", DType::kFloat32}, {"dynamic_size", true}});
  const Endpoint written = op("TensorArrayWriteV3", {array->output(0), number(kMost - 1), constant(7), array->output(1)});
  EXPECT_EQ(run({op("TensorArraySizeV3", {array->output(0), written})})[0].item<int32_t>(), kMost);
}

TEST_F(HostileSizes, TensorArrayOfMoreElementsThanLieSideBySide) {
  const int32_t n = 70'000;
  Tensor values(DType::kFloat32, {n});
  for (int32_t i = 0; i < n; ++i) values.data<float>()[i] = static_cast<float>(i);
  Node* array = node("TensorArrayV3", {number(n)}, {{"dtype", DType::kFloat32}});
  std::vector<int32_t> indices(n);
  for (int32_t i = 0; i < n; ++i) indices[i] = n - 1 - i;
  const Endpoint written = op("TensorArrayScatterV3", {array->output(0), ints(indices), constant(values), array->output(1)});
  const Tensor read = run({op("TensorArrayGatherV3", {array->output(0), ints(indices), written}, {{"dtype", DType::kFloat32}})})[0];
  for (int32_t i = 0; i < n; ++i) ASSERT_EQ(read.data<float>()[i], static_cast<float>(i));
}

TEST_F(HostileSizes, TensorListOfManyElements) {
  const AttrMap floats{{"element_dtype", DType::kFloat32}};
  const Endpoint list = op("TensorListReserve", {ints({0}), number(kMost)}, floats);
  const Endpoint set = op("TensorListSetItem", {list, number(kMost - 1), empty(DType::kFloat32, {0})}, floats);
  EXPECT_EQ(run({op("TensorListLength", {set})})[0].item<int32_t>(), kMost);
  EXPECT_EQ(run({op("TensorListGetItem", {set, number(8), ints({0})}, floats)})[0].num_elements(), 0);
  EXPECT_EQ(run({op("TensorListStack", {set, ints({0})}, floats)})[0].shape().str(), "[2147483647,0]");
  EXPECT_EQ(run({op("TensorListLength", {op("TensorListResize", {set, number(3)})})})[0].item<int32_t>(), 3);
  EXPECT_EQ(run({op("TensorListLength", {op("AddN", {std::vector{set, list}})})})[0].item<int32_t>(), kMost);
  const Endpoint scattered = op("TensorListScatterV2", {empty(DType::kFloat32, {1, 0}), ints({kMost - 1}), ints({0}), number(-1)}, floats);
  EXPECT_EQ(run({op("TensorListLength", {scattered})})[0].item<int32_t>(), kMost);
  const Endpoint unknown = op("TensorListReserve", {number(-1), number(kMost)}, floats);
  Node* joined = node("TensorListConcatV2", {unknown, number(-1), empty(DType::kInt64, {0})}, floats);
  begins(error({joined->output(0)}), "List contains uninitialized tensor at index 0 but leading_dims has only 0 elements.");
}

TEST_F(HostileSizes, LengthsOfListElementsThatHaveNoSum) {
  const AttrMap floats{{"element_dtype", DType::kFloat32}};
  const Endpoint list = op("TensorListReserve", {number(-1), number(2)}, floats);
  const Endpoint lengths = longs({kMost64, kMost64});
  begins(error({op("TensorListConcatV2", {list, ints({-1, 1}), lengths}, floats)}), "The elements are too long to be joined");
}

TEST_F(HostileSizes, ImagesOfNoBatchMadeLarge) {
  const Endpoint images = empty(DType::kFloat32, {0, 1, 1, 1}), size = ints({kMost, 1});
  EXPECT_EQ(run({op("QuantizedResizeBilinear", {images, size, constant(0), constant(1)})})[0].dim(1), kMost);
  const Endpoint one = constant(Tensor::vector<float>({1, 1}));
  EXPECT_EQ(run({op("ScaleAndTranslate", {images, size, one, one})})[0].dim(1), kMost);
}

TEST_F(HostileSizes, CropsWithoutChannels) {
  const Endpoint image = empty(DType::kFloat32, {1, 1, 1, 0}), boxes = constant(Tensor(DType::kFloat32, {1, 4}));
  EXPECT_EQ(run({op("CropAndResize", {image, boxes, ints({0}), ints({kMost, kMost})})})[0].num_elements(), 0);
}

TEST_F(HostileSizes, PatchesAndBlocksWithoutChannels) {
  const Endpoint image = empty(DType::kFloat32, {1, 1, 1, 0});
  const AttrMap patches{{"ksizes", std::vector<int64_t>{1, kMost, kMost, 1}}, {"strides", std::vector<int64_t>{1, 1, 1, 1}},
                        {"rates", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", "SAME"}};
  EXPECT_EQ(run({op("ExtractImagePatches", {image}, patches)})[0].num_elements(), 0);
  const Endpoint blocks = op("DepthToSpace", {image}, {{"block_size", int64_t{kMost}}, {"data_format", "NHWC"}});
  EXPECT_EQ(run({blocks})[0].shape().str(), "[1,2147483647,2147483647,0]");
}

TEST_F(HostileSizes, StepsBeyondAllNumbers) {
  const Endpoint x = constant(Tensor(DType::kFloat32, {2, 3}));
  const Endpoint slice = op("StridedSlice", {x, longs({0, 0}), longs({2, 3}), longs({kMost64, kMost64})});
  EXPECT_EQ(run({slice})[0].shape().str(), "[1,1]");
  Node* gradient = node("SparseSliceGrad", {constant(Tensor::vector<float>({1})), pairs({kMost64, kMost64}), longs({-9, -9}), pairs({0, 0})});
  begins(error({gradient->output(0)}), "Elements of backprop_val_grad aren't all propagated.");
}

TEST_F(HostileSizes, ManySegmentsOfNothing) {
  const Endpoint nothing = empty(DType::kString, {1, 0}), ids = ints({3});
  EXPECT_EQ(run({op("UnsortedSegmentJoin", {nothing, ids, number64(kHuge)})})[0].dim(0), kHuge);
  const Endpoint last = longs({kMost64});
  begins(error({op("SegmentSum", {constant(Tensor::vector<float>({1})), last})}), "segment ids must be >= 0");
}

TEST_F(HostileSizes, WindowsLongerThanTheSound) {
  const Endpoint sound = empty(DType::kFloat32, {4, 1});
  const Endpoint spectrum = op("AudioSpectrogram", {sound}, {{"window_size", kHuge}, {"stride", int64_t{1}}});
  EXPECT_EQ(run({spectrum})[0].shape().str(), "[1,0,549755813889]");
}

TEST_F(HostileSizes, BandsOfFrequenciesThatAreNone) {
  const Endpoint spectrum = constant(Tensor(DType::kFloat32, {1, 1, 5})), rate = number(16000);
  const auto failure = [&](AttrMap attrs) { return error({op("Mfcc", {spectrum, rate}, std::move(attrs))}); };
  begins(failure({{"lower_frequency_limit", std::nanf("")}}), "lower_frequency_limit must be nonnegative");
  begins(failure({{"upper_frequency_limit", std::nanf("")}}), "upper_frequency_limit nan must be higher");
  begins(failure({{"filterbank_channel_count", kMost64}}), "13 coefficients of 9223372036854775807 bands are too many");
  const AttrMap far{{"lower_frequency_limit", 1e30f}, {"upper_frequency_limit", 2e30f}};
  EXPECT_EQ(run({op("Mfcc", {spectrum, rate}, far)})[0].num_elements(), 13);
}

TEST_F(HostileSizes, SamplersOfManyClasses) {
  const Endpoint classes = constant(Tensor::from<int64_t>({5}, {1, 1}));
  AttrMap attrs{{"num_true", int64_t{1}}, {"num_sampled", int64_t{3}}, {"unique", true}};
  AttrMap learned = attrs;
  learned.set("range_max", int64_t{kMost - 1});
  EXPECT_EQ(run({op("LearnedUnigramCandidateSampler", {classes}, learned)})[0].num_elements(), 3);
  attrs.set("unigrams", std::vector<float>{1, 1, 1});
  attrs.set("range_max", kMost64);
  attrs.set("num_reserved_ids", kMost64);
  begins(error({op("FixedUnigramCandidateSampler", {classes}, attrs)}), "There are too many reserved classes: 9223372036854775807");
}

TEST_F(HostileSizes, WorkWithoutEndIsGivenUpInTime) {
  options_.operation_timeout_ms = 50;
  const Endpoint classes = constant(Tensor::from<int64_t>({5}, {1, 1}));
  const AttrMap rare{{"num_true", int64_t{1}}, {"num_sampled", int64_t{2}}, {"unique", true}, {"range_max", int64_t{2}},
                     {"unigrams", std::vector<float>{3e38f, 1e-45f}}};  // the share of the second is 0
  begins(error({op("FixedUnigramCandidateSampler", {classes}, rare)}), "Timed out waiting for notification");
  const Endpoint size = constant(Tensor::vector<int32_t>({9, 9, 1})), boxes = empty(DType::kFloat32, {1, 0, 4});
  const AttrMap never{{"max_attempts", kMost64}, {"use_image_if_no_bounding_boxes", true}, {"min_object_covered", 1.0f},
                      {"area_range", std::vector<float>{0.01f, 0.02f}}};
  begins(error({op("SampleDistortedBoundingBox", {size, boxes}, never)}), "Timed out waiting for notification");
}

TEST_F(HostileSizes, TableThatHardlyTakesAnything) {
  const Endpoint table = op("MutableDenseHashTableV2", {number64(-1), number64(-2)},
                            {{"value_dtype", DType::kInt64}, {"max_load_factor", 1e-40f}, {"initial_num_buckets", int64_t{4}}});
  const Endpoint one = longs({1});
  begins(error({}, {}, {node("LookupTableInsertV2", {table, one, one})}), "A table of 1099511627776 buckets is too large");
}

TEST_F(HostileSizes, CrossesOfManyRowsWithoutFeatures) {
  const Endpoint indices = pairs({7, 0, kHuge - 1, 0, kHuge - 1, 1});
  const Endpoint values = longs({1, 2, 3}), shape = longs({kHuge, 2});
  const Endpoint other = pairs({8, 0, kHuge - 1, 0}), two = longs({4, 5});
  Node* cross = node("SparseCross",
                     {std::vector{indices, other}, std::vector{values, two}, std::vector{shape, shape}, std::vector<Endpoint>()},
                     {{"hashed_output", true}, {"num_buckets", int64_t{100}}, {"hash_key", int64_t{1}}, {"out_type", DType::kInt64},
                      {"internal_type", DType::kInt64}});
  const auto crossed = run({cross->output(0), cross->output(2)});
  EXPECT_EQ(crossed[0].debug_string(), Tensor::from<int64_t>({kHuge - 1, 0, kHuge - 1, 1}, {2, 2}).debug_string());
  EXPECT_EQ(crossed[1].debug_string(), Tensor::vector<int64_t>({kHuge, 2}).debug_string());
}

TEST_F(HostileSizes, SparseRowsThatAreMostlyEmpty) {
  const Endpoint indices = empty(DType::kInt64, {0, 2}), values = empty(DType::kFloat32, {0});
  const Endpoint shape = longs({kHuge, 2});
  begins(error({op("SerializeManySparse", {indices, values, shape})}), "There are too many rows without entries: 1099511627776");
}

TEST_F(HostileSizes, ManyRaggedRowsOfNothing) {
  const Endpoint values = empty(DType::kFloat32, {0}), ids = empty(DType::kInt64, {0});
  const Endpoint dense = op("RaggedTensorToTensor", {number64(-1), values, constant(0), std::vector{number64(kHuge), ids}},
                            {{"row_partition_types", std::vector<std::string>{"FIRST_DIM_SIZE", "VALUE_ROWIDS"}}});
  EXPECT_EQ(run({dense})[0].shape().str(), "[1099511627776,0]");
}

TEST_F(HostileSizes, DefaultsOfRaggedRowsThatDoNotFit) {
  const Endpoint values = empty(DType::kFloat32, {2, 3, 5}), ids = longs({0, 1});
  const Endpoint dense = op("RaggedTensorToTensor", {number64(-1), values, empty(DType::kFloat32, {3}), std::vector{number64(2), ids}},
                            {{"row_partition_types", std::vector<std::string>{"FIRST_DIM_SIZE", "VALUE_ROWIDS"}}});
  begins(error({dense}), "Incompatible shapes: [3] vs. [3]");
}

TEST_F(HostileSizes, NGramsOfMillions) {
  const Endpoint words = constant(Tensor::vector<std::string>({"a"})), splits = longs({0, 1});
  const AttrMap attrs{{"separator", " "}, {"ngram_widths", std::vector<int64_t>{1 << 20}}, {"left_pad", "l"}, {"right_pad", "r"},
                      {"pad_width", int64_t{-1}}, {"preserve_short_sequences", false}};
  begins(error({op("StringNGrams", {words, splits}, attrs)}), "1048576 n-grams of 1048576 strings are too many");
}

TEST_F(HostileSizes, BatchesThatNeverFill) {
  options_.operation_timeout_ms = 50;
  const AttrMap elements{{"output_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector{Shape{}}}};
  const Endpoint range = op("RangeDataset", {number64(0), number64(10), number64(1)}, elements);
  const Endpoint endless = op("RepeatDataset", {range, number64(-1)}, elements), most = number64(kMost64), zero = number64(0);
  AttrMap order = elements;
  order.set("reshuffle_each_iteration", true);
  const Endpoint shuffled = op("ShuffleDataset", {endless, most, zero, zero}, order);
  const Endpoint sharded = op("ShardDataset", {endless, most, number64(kMost64 - 1)}, elements);
  for (const Endpoint& dataset : {shuffled, sharded}) {
    const Endpoint first = op("TakeDataset", {dataset, number64(1)}, elements);
    begins(error({op("DatasetToSingleElement", {first}, elements)}), "Timed out waiting for notification");
  }
}

}  // namespace
}  // namespace reflow
