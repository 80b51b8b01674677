#include "reflow/ops/io/reader.h"

#include <gmock/gmock.h>

#include <regex>

#include "reflow/io/file.h"
#include "reflow/io/lmdb.h"
#include "reflow/io/record_writer.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using graph::AttrMap;
using graph::Endpoint;
using graph::Node;
using Strings = std::vector<std::string>;

// A reader of some kind and a queue of work for it.
class ReaderTest : public reflow::testing::SessionFixture {
 protected:
  static std::string file(const std::string& name, const std::string& content) {
    const std::string path = ::testing::TempDir() + "/" + name;
    EXPECT_TRUE(io::write_file(path, content).ok());
    return path;
  }
  static Tensor strings(const Strings& values) {
    return Tensor::from(std::span<const std::string>(values), {static_cast<int64_t>(values.size())});
  }
  void read_from(const std::string& type, Strings work, AttrMap attrs = {}) {
    reader_ = op(type, {}, std::move(attrs), "reader");
    is_old_ = !type.ends_with("V2");
    queue_ = op(is_old_ ? "FIFOQueue" : "FIFOQueueV2", {},
                {{"capacity", 10}, {"component_types", std::vector<DType>{DType::kString}},
                 {"shapes", std::vector<Shape>{Shape{}}}}, "q");
    run({}, {}, {node(is_old_ ? "QueueEnqueueMany" : "QueueEnqueueManyV2",
                      {queue_, std::vector<Endpoint>{constant(strings(work))}})});
  }
  std::string form(const char* new_name, const char* old_name) const { return is_old_ ? old_name : new_name; }
  void close() { run({}, {}, {node(form("QueueCloseV2", "QueueClose"), {queue_})}); }
  Node* reading() { return node(form("ReaderReadV2", "ReaderRead"), {reader_, queue_}); }
  // "KEY=VALUE" of the next record.
  std::string next() {
    Node* const read = reading();
    const std::vector<Tensor> record = run({read->output(0), read->output(1)});
    return record.empty() ? "" : name_of(record[0].item<std::string>()) + "=" + record[1].item<std::string>();
  }
  Strings next_up_to(int64_t n) {
    Node* const read = node(form("ReaderReadUpToV2", "ReaderReadUpTo"), {reader_, queue_, constant(Tensor::scalar(n))});
    const Tensor lines = run({read->output(1)}).at(0);
    const std::span<const std::string> values = lines.flat<std::string>();
    return {values.begin(), values.end()};
  }
  std::vector<int64_t> counts() {
    const std::vector<Tensor> both =
        run({op(form("ReaderNumRecordsProducedV2", "ReaderNumRecordsProduced"), {reader_}),
             op(form("ReaderNumWorkUnitsCompletedV2", "ReaderNumWorkUnitsCompleted"), {reader_})});
    return {both.at(0).item<int64_t>(), both.at(1).item<int64_t>()};
  }
  Endpoint state() { return op(form("ReaderSerializeStateV2", "ReaderSerializeState"), {reader_}); }
  Node* restoring(std::string bytes) {
    return node(form("ReaderRestoreStateV2", "ReaderRestoreState"),
                {reader_, constant(Tensor::scalar(std::move(bytes)))});
  }
  void reset() { run({}, {}, {node(form("ReaderResetV2", "ReaderReset"), {reader_})}); }
  std::string failure(Node* node) {
    const std::string message = std::regex_replace(error({}, {}, {node}), std::regex("'_[0-9]+_"), "'_0_");
    return message.substr(0, message.find("\n\t [[{{node "));
  }
  static std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  Endpoint reader_, queue_;
  bool is_old_ = false;
};

TEST_F(ReaderTest, LinesOfSeveralFiles) {
  read_from("TextLineReaderV2", {file("a", "one\ntwo\r\n\nfour"), file("none", ""), file("b", "x\n")});
  EXPECT_EQ(next(), "a:1=one");
  EXPECT_EQ(next(), "a:2=two");
  EXPECT_EQ(next(), "a:3=");
  EXPECT_EQ(next(), "a:4=four");
  EXPECT_THAT(counts(), ElementsAre(4, 0));
  EXPECT_EQ(next(), "b:1=x");
  EXPECT_THAT(counts(), ElementsAre(5, 2));
  close();
  EXPECT_EQ(failure(reading()),
            "FIFOQueue '_0_q' is closed and has insufficient elements (requested 1, current size 0)");
}

TEST_F(ReaderTest, HeadersAreLeftOut) {
  read_from("TextLineReaderV2", {file("short", "1\n"), file("long", "1\n2\n3\n")}, {{"skip_header_lines", 2}});
  EXPECT_EQ(next(), "long:3=3");
}

TEST_F(ReaderTest, UpToTheEndOfAWorkUnit) {
  read_from("TextLineReaderV2", {file("a", "1\n2\n3\n4"), file("b", "5\n6\n")});
  EXPECT_THAT(next_up_to(3), ElementsAre("1", "2", "3"));
  EXPECT_THAT(next_up_to(3), ElementsAre("4"));
  EXPECT_THAT(next_up_to(3), ElementsAre("5", "6"));
  EXPECT_TRUE(next_up_to(0).empty());
  Node* const negative = node("ReaderReadUpToV2", {reader_, queue_, constant(Tensor::scalar(int64_t{-1}))});
  EXPECT_EQ(failure(negative), "num_records must be >= 0 not -1");
}

TEST_F(ReaderTest, AFileThatIsMissingIsPassedOver) {
  read_from("TextLineReaderV2", {"/no/such/file", file("b", "x\n")});
  EXPECT_EQ(failure(reading()), "/no/such/file; No such file or directory");
  EXPECT_EQ(next(), "b:1=x");
}

TEST_F(ReaderTest, WholeFiles) {
  read_from("WholeFileReaderV2", {file("a", "one\ntwo"), file("b", "")});
  EXPECT_EQ(next(), "a=one\ntwo");
  EXPECT_EQ(next(), "b=");
  EXPECT_THAT(counts(), ElementsAre(2, 2));
}

TEST_F(ReaderTest, RecordsOfOneLength) {
  read_from("FixedLengthRecordReaderV2", {file("r", "HHabcdefghijFF")},
            {{"header_bytes", 2}, {"record_bytes", 3}, {"footer_bytes", 2}, {"hop_bytes", 4}});
  EXPECT_EQ(next(), "r:0=abc");
  EXPECT_EQ(next(), "r:1=efg");
  close();
  EXPECT_THAT(failure(reading()), HasSubstr("is closed"));
}

TEST_F(ReaderTest, RecordsMayOverlap) {
  read_from("FixedLengthRecordReaderV2", {file("r", "abcd")}, {{"record_bytes", 3}, {"hop_bytes", 1}});
  EXPECT_EQ(next(), "r:0=abc");
  EXPECT_EQ(next(), "r:1=bcd");
}

TEST_F(ReaderTest, AFileWithoutItsHeader) {
  read_from("FixedLengthRecordReaderV2", {file("r", "H")}, {{"header_bytes", 2}, {"record_bytes", 3}});
  EXPECT_EQ(failure(reading()), "reached end of file");
}

TEST_F(ReaderTest, TFRecords) {
  const std::string path = ::testing::TempDir() + "/records";
  auto writer = *io::RecordWriter::open(path);
  ASSERT_TRUE(writer->write("first").ok() && writer->write("second").ok() && writer->close().ok());
  read_from("TFRecordReaderV2", {path});
  EXPECT_EQ(next(), "records:0=first");
  EXPECT_EQ(next(), "records:21=second");
}

TEST_F(ReaderTest, CorruptTFRecords) {
  read_from("TFRecordReaderV2", {file("junk", std::string(40, 'x'))});
  EXPECT_EQ(failure(reading()), "corrupted record at 0");
}

TEST_F(ReaderTest, TheStateOfAReader) {
  read_from("IdentityReaderV2", {"a", "b", "c"});
  EXPECT_EQ(next(), "a=a");
  const std::string kept = run({state()})[0].item<std::string>();
  EXPECT_EQ(kept, "\x08\x01\x10\x01\x18\x01\"\x01" "a");
  EXPECT_EQ(next(), "b=b");
  run({}, {}, {restoring(kept)});
  EXPECT_THAT(counts(), ElementsAre(1, 1));
  EXPECT_EQ(next(), "c=c");
  reset();
  EXPECT_THAT(counts(), ElementsAre(0, 0));
}

TEST_F(ReaderTest, StatesThatAreNone) {
  read_from("IdentityReaderV2", {});
  EXPECT_EQ(failure(restoring("junk")), "Could not parse state for IdentityReader 'reader': junk");
  EXPECT_THAT(failure(restoring("\x08\x01")), HasSubstr("Inconsistent work started vs. finished when restoring in"));
  EXPECT_EQ(failure(restoring("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
            "Unexpected negative value when restoring in IdentityReader 'reader': num_records_produced: -1\n");
}

TEST_F(ReaderTest, TheFirstFormOfTheOps) {
  read_from("WholeFileReader", {file("a", "one"), file("b", "two")});
  EXPECT_EQ(next(), "a=one");
  EXPECT_THAT(next_up_to(5), ElementsAre("two"));
  EXPECT_THAT(counts(), ElementsAre(2, 2));
  run({}, {}, {restoring(run({state()})[0].item<std::string>())});
  reset();
  EXPECT_THAT(counts(), ElementsAre(0, 0));
  close();
  EXPECT_THAT(failure(reading()), HasSubstr("is closed"));
}

TEST_F(ReaderTest, OpsThatNewGraphsDontHave) {
  for (const char* type : {"TextLineReader", "FixedLengthRecordReader", "TFRecordReader", "IdentityReader"}) {
    EXPECT_THROW(op(type, {}, std::string_view(type) == "FixedLengthRecordReader" ? AttrMap{{"record_bytes", 1}} : AttrMap()),
                 std::runtime_error)
        << type;
  }
}

TEST_F(ReaderTest, ReadersWithoutAState) {
  read_from("TextLineReaderV2", {});
  EXPECT_EQ(failure(state().node), "Reader SerializeState");
  EXPECT_EQ(failure(restoring("")), "Reader RestoreState");
}

TEST_F(ReaderTest, WaitsForWork) {
  read_from("IdentityReaderV2", {});
  runtime::RunOptions options;
  options.timeout_ms = 30;
  EXPECT_EQ(message_of(try_run({}, {}, {reading()}, nullptr, options)), "Timed out waiting for notification");
}

TEST_F(ReaderTest, QueuesThatHaveNoWork) {
  reader_ = op("IdentityReaderV2", {}, {}, "reader");
  const std::vector<DType> two{DType::kString, DType::kString};
  queue_ = op("FIFOQueueV2", {}, {{"component_types", two}});
  EXPECT_EQ(failure(reading()), "Expected single component queue");
  queue_ = op("FIFOQueueV2", {}, {{"component_types", std::vector<DType>{DType::kInt32}}});
  EXPECT_EQ(failure(reading()), "Expected queue with single string component");
}

// As TensorFlow 1.15.5 reads it: 119 small entries in order of their keys and a large one.
TEST_F(ReaderTest, LmdbEntriesByTheirKeys) {
  const std::string path = file("data.mdb", reflow::testing::read_golden("lmdb/data.mdb.gz"));
  read_from("LMDBReader", {path});
  Node* const read = reading();
  const auto entry = [&] {
    const std::vector<Tensor> record = run({read->output(0), read->output(1)});
    return std::pair(record.at(0).item<std::string>(), record.at(1).item<std::string>());
  };
  EXPECT_EQ(entry(), std::pair(std::string("key0000"), std::string("value 0 ")));
  for (int i = 1; i < 3; ++i) entry();
  EXPECT_EQ(entry(), std::pair(std::string("key0004"), std::string("again")));
  for (int i = 5; i < 120; ++i) entry();
  const auto [key, value] = entry();
  EXPECT_EQ(key, "large");
  ASSERT_EQ(value.size(), 9000u);
  EXPECT_EQ(static_cast<unsigned char>(value[8999]), 8999 % 251);
  close();
  EXPECT_THAT(error({read->output(0)}), HasSubstr("is closed and has insufficient elements"));
}

TEST_F(ReaderTest, DamagedLmdbDatabasesAreErrors) {
  const std::string good = reflow::testing::read_golden("lmdb/data.mdb.gz");
  for (size_t size = 0; size < good.size(); size += 9000) {
    auto reader = io::LmdbReader::open(file("cut.mdb", good.substr(0, size)));
    std::string_view key, value;
    int entries = 0;
    while (reader.ok()) {
      const auto more = reader->next(&key, &value);
      if (!more.ok() || !*more) break;
      ++entries;
    }
    EXPECT_LE(entries, 120);
  }
  for (size_t at = 4096 * 2; at < good.size(); at += 1999) {
    std::string bad = good;
    bad[at] = static_cast<char>(~bad[at]);
    auto reader = io::LmdbReader::open(file("bad.mdb", bad));
    std::string_view key, value;
    for (int i = 0; reader.ok() && i < 1000; ++i) {
      const auto more = reader->next(&key, &value);
      if (!more.ok() || !*more) break;
    }
  }
  EXPECT_FALSE(io::LmdbReader::open(file("text.mdb", std::string(10000, 'x'))).ok());
  EXPECT_EQ(io::LmdbReader::open("/nowhere/data.mdb").status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reflow::ops
