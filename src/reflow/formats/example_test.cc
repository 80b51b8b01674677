#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/formats/example_builder.h"
#include "reflow/formats/example_parser.h"
#include "reflow/formats/example_view.h"
#include "tensorflow/core/example/example.pb.h"

namespace reflow::formats {
namespace {

TEST(ExampleBuilder, BytesAreProtobufs) {
  ExampleBuilder builder;
  const std::string long_text(300, 'x');
  const std::vector<std::string_view> texts{"", "one", long_text};
  builder.add_bytes("b", texts).add_floats("f", {0.0f, -1.5f}).add_int64s("i", {0, 1, -1, 300}).add_int64s("none", {});
  tensorflow::Example example;
  ASSERT_TRUE(example.ParseFromString(std::string(builder.bytes())));
  const auto& features = example.features().feature();
  ASSERT_EQ(features.size(), 4u);
  EXPECT_EQ(features.at("b").bytes_list().value(2), long_text);
  EXPECT_EQ(features.at("f").float_list().value(1), -1.5f);
  EXPECT_EQ(features.at("i").int64_list().value(2), -1);
  EXPECT_EQ(features.at("i").int64_list().value(3), 300);
  EXPECT_TRUE(features.at("none").has_int64_list());
  tensorflow::Example one;
  (*one.mutable_features()->mutable_feature())["i"].mutable_int64_list()->add_value(std::numeric_limits<int64_t>::min());
  builder.clear();
  EXPECT_EQ(builder.add_int64s("i", {std::numeric_limits<int64_t>::min()}).bytes(), one.SerializeAsString());
}

// A batch with each kind of feature, for the tests below.
std::vector<std::string> batch(int64_t n) {
  std::vector<std::string> examples;
  ExampleBuilder builder;
  for (int64_t e = 0; e < n; ++e) {
    builder.clear();
    builder.add_int64s("label", {e}).add_bytes("name", std::to_string(e));
    if (e % 3 != 0) builder.add_floats("weights", {static_cast<float>(e), 0.5f});
    examples.emplace_back(builder.bytes());
  }
  return examples;
}

ExampleParser parser() {
  DenseFeature label{.key = "label", .type = DType::kInt64, .shape = {}}, name{.key = "name", .type = DType::kString, .shape = {1}};
  DenseFeature rows{.key = "weights", .type = DType::kFloat32, .shape = {Shape::kUnknown},
                    .default_value = Tensor::scalar(-1.0f)};
  for (DenseFeature* f : {&label, &name, &rows}) EXPECT_TRUE(plan_dense_shape(0, f).ok());
  return ExampleParser({label, name, rows}, {{"weights_too", DType::kFloat32}});
}

TEST(ExampleParser, ChunksOfABatchAreJoinedInOrder) {
  ThreadPool pool(4);
  const std::vector<std::string> examples = batch(1000);
  ParsedExamples parsed;
  ASSERT_TRUE(parser().parse(examples, {}, pool, &parsed).ok());
  EXPECT_EQ(parsed.dense_values[1].shape().str(), "[1000,1]");
  EXPECT_EQ(parsed.dense_values[2].shape().str(), "[1000,2]");
  for (int64_t e = 0; e < 1000; ++e) {
    ASSERT_EQ(parsed.dense_values[0].data<int64_t>()[e], e);
    ASSERT_EQ(parsed.dense_values[1].data<std::string>()[e], std::to_string(e));
    ASSERT_EQ(parsed.dense_values[2].data<float>()[2 * e], e % 3 == 0 ? -1.0f : static_cast<float>(e));
  }
  EXPECT_EQ(parsed.sparse_shapes[0].summarize(-1), "1000 0");
}

TEST(ExampleParser, ErrorIsThatOfTheFirstBadExample) {
  ThreadPool pool(4);
  std::vector<std::string> examples = batch(1000);
  examples[900] = examples[400] = "";
  std::vector<std::string> names(1000, "n");
  names[400] = "first";
  ParsedExamples parsed;
  EXPECT_EQ(message_of(parser().parse(examples, names, pool, &parsed)),
            "Name: first, Feature: label (data type: int64) is required but could not be found.");
}

TEST(ExampleParser, DamagedBytesAreErrorsOrOtherValues) {
  ThreadPool pool(1);
  const std::string sound = batch(2)[1];
  for (size_t i = 0; i < sound.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = sound;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      ParsedExamples parsed;
      (void)parser().parse({&damaged, 1}, {}, pool, &parsed);
    }
    std::string cut = sound.substr(0, i);
    ParsedExamples parsed;
    EXPECT_FALSE(parser().parse({&cut, 1}, {}, pool, &parsed).ok()) << i;
  }
}

TEST(WireReader, HostileLengthsAreRefused) {
  std::vector<FeatureEntry> entries;
  EXPECT_FALSE(read_example("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", &entries));
  EXPECT_FALSE(read_example(std::string_view("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13), &entries));
  EXPECT_FALSE(read_example(std::string_view("\x00", 1), &entries));
  const std::string nested(5000, '\x0b');  // groups in groups
  EXPECT_FALSE(read_example(nested, &entries));
}

}  // namespace
}  // namespace reflow::formats
