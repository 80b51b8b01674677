#include "reflow/client/parsing_ops.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reflow/client/tf_record.h"
#include "reflow/reflow.h"

namespace reflow {
namespace {

class ParsingOps : public ::testing::Test {
 protected:
  void SetUp() override { reset_default_graph(); }
  const std::string path_ = ::testing::TempDir() + "parsing_ops_test.tfrecords";
};

TEST_F(ParsingOps, ExamplesGoThroughAFileIntoTensors) {
  python_io::TFRecordWriter writer(path_, "GZIP");
  train::ExampleBuilder example;
  for (int64_t i = 0; i < 3; ++i) {
    example.clear();
    example.add_int64s("label", {i}).add_floats("weights", std::vector<float>(static_cast<size_t>(i), 0.5f));
    writer.write(example.bytes());
  }
  writer.close();
  std::vector<std::string> serialized;
  python_io::TFRecordIterator records(path_, "GZIP");
  for (std::string_view record; records.next(&record);) serialized.emplace_back(record);

  const ParsedFeatures parsed = parse_example(
      serialized, {{"label", FixedLenFeature{Shape{}, DType::kInt64}},
                   {"missing", FixedLenFeature{Shape{1}, DType::kString, std::vector<std::string>{"none"}}},
                   {"weights", VarLenFeature{DType::kFloat32}}});
  Session sess;
  const std::vector<Tensor> values = sess.run({parsed["label"], parsed["missing"], parsed.sparse("weights").indices});
  EXPECT_EQ(values[0].summarize(-1), "0 1 2");
  EXPECT_EQ(values[1].shape().str(), "[3,1]");
  EXPECT_EQ(values[2].shape().str(), "[3,2]");
  EXPECT_EQ(parsed["label"].name(), "ParseExample/ParseExample:3");
  EXPECT_THROW(parsed["weights"], KeyError);

  const ParsedFeatures one = parse_single_example(
      serialized[2], {{"weights", FixedLenSequenceFeature{Shape{}, DType::kFloat32}}});
  EXPECT_EQ(sess.run(one["weights"]).summarize(-1), "0.5 0.5");
}

TEST_F(ParsingOps, CommaSeparatedValuesAndBytes) {
  const std::vector<Output> columns =
      decode_csv(std::vector<std::string>{"1,a", ",b"}, TensorList{std::vector<int32_t>{7}, std::vector<std::string>{"x"}});
  Session sess;
  EXPECT_EQ(sess.run(columns[0]).summarize(-1), "1 7");
  EXPECT_EQ(sess.run(decode_raw(std::string("\x01\x00\x02\x00", 4), DType::kInt16)).summarize(-1), "1 2");
  EXPECT_THROW(decode_csv("1", TensorList{0}, {.select_cols = {-1}}), ValueError);
}

TEST_F(ParsingOps, RecordsCompressedAsOptionsSay) {
  using python_io::TFRecordCompressionType;
  const python_io::TFRecordOptions options{.compression_type = TFRecordCompressionType::ZLIB, .compression_level = 9};
  python_io::TFRecordWriter writer(path_, options);
  for (const char* record : {"one", "two", "three"}) writer.write(record);
  writer.close();
  std::vector<std::string> found;
  for (const std::string& record : io::tf_record_iterator(path_, options)) found.push_back(record);
  EXPECT_EQ(found, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(ParsingOps, DamagedFilesAreDataLoss) {
  EXPECT_THROW(python_io::TFRecordIterator("/no/such"), errors::NotFoundError);
  python_io::TFRecordWriter(path_).write("record");
  python_io::TFRecordIterator zipped(path_, "ZLIB");
  std::string_view record;
  EXPECT_THROW(zipped.next(&record), errors::DataLossError);
}

}  // namespace
}  // namespace reflow
