#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/io/file.h"
#include "reflow/io/record_reader.h"
#include "reflow/io/record_writer.h"
#include "tests/kit/golden_file.h"

namespace reflow::io {
namespace {

std::string temporary(const std::string& name) { return ::testing::TempDir() + "record_test_" + name; }

// The records of the file up to its end or an error, which comes last: "DataLoss: ...".
std::vector<std::string> records_of(const std::string& path, Compression compression = Compression::kNone) {
  std::vector<std::string> records;
  auto reader = RecordReader::open(path, compression);
  EXPECT_TRUE(reader.ok());
  for (;;) {
    std::string_view record;
    const Status status = (*reader)->next(&record);
    if (status.code() == StatusCode::kOutOfRange) return records;
    records.emplace_back(status.ok() ? record : message_of(status));
    if (!status.ok()) return records;
  }
}

std::vector<std::string> records_in(const std::string& bytes) {
  const std::string path = temporary("bytes");
  EXPECT_TRUE(write_file(path, bytes).ok());
  return records_of(path);
}

std::string file_of(const std::vector<std::string>& records, const RecordWriterOptions& options = {}) {
  const std::string path = temporary("written");
  auto writer = RecordWriter::open(path, options);
  EXPECT_TRUE(writer.ok());
  for (const std::string& record : records) EXPECT_TRUE((*writer)->write(record).ok());
  EXPECT_TRUE((*writer)->close().ok());
  return *read_file(path);
}

const std::vector<std::string> kThree{"aaaaaaaaaa", "", std::string(100, 'b')};  // 26, 16 and 116 bytes

TEST(Record, FilesOfTensorFlowAreReadAndWrittenByteForByte) {
  std::string big;
  for (int i = 0; i < 30000; ++i) big += "big ";
  const struct { const char* name; Compression compression; } files[] = {
      {"plain", Compression::kNone}, {"zlib", Compression::kZlib}, {"gzip", Compression::kGzip}};
  for (const auto& [name, compression] : files) {
    const std::string golden = testing::golden_path("tf-1.15/tfrecord/" + std::string(name) + ".tfrecord");
    const std::vector<std::string> records = records_of(golden, compression);
    EXPECT_EQ(records.size(), compression == Compression::kNone ? 7u : 8u);
    if (compression != Compression::kNone) {
      EXPECT_EQ(records.back(), big);
    }
    EXPECT_EQ(file_of(records, {.compression = compression}), *read_file(golden)) << name;
  }
}

TEST(Record, EndWithinAHeaderIsTheEndElsewhereItIsTruncated) {
  const std::string bytes = file_of(kThree);
  EXPECT_EQ(records_in(bytes), kThree);
  EXPECT_EQ(records_in(""), std::vector<std::string>{});
  EXPECT_EQ(records_in(bytes.substr(0, 11)), std::vector<std::string>{});
  EXPECT_EQ(records_in(bytes.substr(0, 12)), std::vector<std::string>{"truncated record at 0"});
  EXPECT_EQ(records_in(bytes.substr(0, 26 + 11)), std::vector<std::string>{kThree[0]});
  EXPECT_EQ(records_in(bytes.substr(0, 26 + 15)), (std::vector<std::string>{kThree[0], "truncated record at 26"}));
  EXPECT_EQ(records_in(bytes.substr(0, 157)), (std::vector<std::string>{kThree[0], "", "truncated record at 42"}));
}

TEST(Record, EveryFlippedBitIsFound) {
  const std::string bytes = file_of(kThree);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    const size_t record = i < 26 ? 0 : i < 42 ? 26 : 42;
    const size_t place = i < record + 12 ? record : record + 12;
    EXPECT_EQ(records_in(damaged).back(), "corrupted record at " + std::to_string(place)) << "byte " << i;
  }
}

TEST(Record, ResynchronisesBehindDamage) {
  const std::string bytes = file_of({"one", "two", "three", "four"});
  for (size_t at : {19, 19 + 13}) {  // the second record's header, its content
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const std::string path = temporary("damaged");
    ASSERT_TRUE(write_file(path, damaged).ok());
    auto reader = RecordReader::open(path);
    std::string_view record;
    ASSERT_TRUE((*reader)->next(&record).ok());
    ASSERT_EQ((*reader)->next(&record).code(), StatusCode::kDataLoss);
    EXPECT_EQ((*reader)->next(&record).code(), StatusCode::kDataLoss);  // the place stays
    EXPECT_EQ(*(*reader)->resynchronise(), 19u);
    ASSERT_TRUE((*reader)->next(&record).ok());
    EXPECT_EQ(record, "three");
  }
}

TEST(Record, SeekGoesToARecordForwardsAndBack) {
  const std::string path = temporary("seek");
  ASSERT_TRUE(write_file(path, file_of(kThree)).ok());
  auto reader = RecordReader::open(path);
  std::string_view record;
  for (const auto& [offset, content] : {std::pair{42, kThree[2]}, {0, kThree[0]}, {26, kThree[1]}}) {
    ASSERT_TRUE((*reader)->seek(static_cast<uint64_t>(offset)).ok());
    EXPECT_EQ((*reader)->offset(), static_cast<uint64_t>(offset));
    ASSERT_TRUE((*reader)->next(&record).ok());
    EXPECT_EQ(record, content);
  }
}

TEST(Record, AFileThatGrowsIsReadOn) {
  const std::string path = temporary("grows"), bytes = file_of({"one", "two"});
  ASSERT_TRUE(write_file(path, bytes.substr(0, 25)).ok());
  auto reader = RecordReader::open(path);
  std::string_view record;
  ASSERT_TRUE((*reader)->next(&record).ok());
  EXPECT_EQ((*reader)->next(&record).code(), StatusCode::kOutOfRange);
  EXPECT_TRUE(*(*reader)->incomplete());
  auto file = WritableFile::open(path, WritableFile::Mode::kAppend);
  ASSERT_TRUE((*file)->append(bytes.substr(25)).ok() && (*file)->close().ok());
  ASSERT_TRUE((*reader)->next(&record).ok());
  EXPECT_EQ(record, "two");
  EXPECT_FALSE(*(*reader)->incomplete());
}

TEST(Record, HostileLengthCostsNoMemory) {
  const std::string_view header("\xff\xff\xff\xff\xff\xff\xff\x7f\xfa\x7f\x02\x84", 12);  // 2^63 - 1 bytes
  EXPECT_EQ(records_in(std::string(header) + "few"), std::vector<std::string>{"truncated record at 0"});
}

TEST(Record, CompressedDamageIsDataLoss) {
  const std::string path = temporary("compressed");
  const std::string bytes = file_of(kThree, {.compression = Compression::kGzip});
  ASSERT_TRUE(write_file(path, "junk" + bytes).ok());
  EXPECT_EQ(records_of(path, Compression::kGzip),
            std::vector<std::string>{"inflate() failed with error -3: incorrect header check"});
  ASSERT_TRUE(write_file(path, bytes.substr(0, bytes.size() - 4)).ok());
  auto reader = RecordReader::open(path, Compression::kGzip);
  std::string_view record;
  while ((*reader)->next(&record).ok()) {
  }
  EXPECT_TRUE(*(*reader)->incomplete());
}

TEST(Record, WriterSaysWhatIsWrong) {
  EXPECT_EQ(RecordWriter::open("/no/such").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(RecordWriter::open(temporary("bad"), {.compression = Compression::kZlib, .zlib = {.compression_level = 77}})
                .status().code(),
            StatusCode::kInvalidArgument);
  auto writer = RecordWriter::open(temporary("closed"));
  ASSERT_TRUE((*writer)->close().ok());
  EXPECT_EQ(message_of((*writer)->write("x")), "Writer not initialized or previously closed");
}

TEST(Record, FlushedCompressedRecordsAreReadWhereTheModeSaysSo) {
  const std::string path = temporary("flushed");
  auto writer = RecordWriter::open(path, {.compression = Compression::kZlib, .zlib = {.flush_mode = 2}});  // Z_SYNC_FLUSH
  ASSERT_TRUE((*writer)->write("one").ok() && (*writer)->flush().ok());
  EXPECT_EQ(records_of(path, Compression::kZlib), std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace reflow::io
