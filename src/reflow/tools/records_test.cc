#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "reflow/io/file.h"
#include "reflow/io/record_writer.h"
#include "reflow/tools/command_line.h"
#include "tests/kit/golden_file.h"

namespace reflow::tools {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Result {
  int status;
  std::string out, err;
};

Result run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "reflow");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out, err;
  const int status = run_command_line(static_cast<int>(argv.size()), argv.data(), out, err);
  return {status, out.str(), err.str()};
}

std::string temporary(const std::string& name) { return ::testing::TempDir() + "records_test_" + name; }

std::string written(const std::string& name, const std::vector<std::string>& records) {
  const std::string path = temporary(name);
  auto writer = io::RecordWriter::open(path);
  for (const std::string& record : records) EXPECT_TRUE((*writer)->write(record).ok());
  EXPECT_TRUE((*writer)->close().ok());
  return path;
}

void damage(const std::string& path, size_t at) {
  std::string content = *io::read_file(path);
  content[at] = static_cast<char>(content[at] ^ 1);
  ASSERT_TRUE(io::write_file(path, content).ok());
}

TEST(Records, ShowTellsFeaturesWhateverCompressesTheFile) {
  for (const char* name : {"plain", "gzip", "zlib"}) {
    const Result shown = run({"records", "show", testing::golden_path("tf-1.15/tfrecord/" + std::string(name) + ".tfrecord")});
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("      0             0         56  Example bytes: 2 bytes, float: 0 float, int: 3 int64\n"));
    EXPECT_THAT(shown.out, HasSubstr("(empty)\n"));
    EXPECT_THAT(shown.out, HasSubstr("SequenceExample "));
  }
}

TEST(Records, ShowSelectsRecordsAndPrintsValuesAndJson) {
  const std::string file = testing::golden_path("tf-1.15/tfrecord/plain.tfrecord");
  const Result values = run({"records", "show", file, "--first", "1", "--count", "1", "--values"});
  EXPECT_THAT(values.out, HasSubstr("int: 1 -1 -4611686018427387904\n"));
  EXPECT_THAT(values.out, EndsWith("    ...\n"));
  const Result json = run({"records", "show", file, "--count", "1", "--json"});
  EXPECT_THAT(json.out, HasSubstr("{\"index\": 0, \"offset\": 0, \"size\": 56, \"example\": {\"features\":"));
}

TEST(Records, CheckFindsDamageAndGoesOn) {
  const std::string file = written("check", {"one", "two", "three"});
  EXPECT_EQ(run({"records", "check", file}).out, file + ": 3 sound records of 11 bytes\n");
  damage(file, 19 + 12);
  const Result damaged = run({"records", "check", file});
  EXPECT_EQ(damaged.status, 1);
  EXPECT_EQ(damaged.out, file + ": 2 sound records of 8 bytes, DAMAGED\n"
                                "  corrupted record at 31; the next sound record is 19 bytes on\n");
  EXPECT_THAT(run({"records", "check", file, "--json"}).out, HasSubstr("\"skipped_bytes\": 19"));
  EXPECT_THAT(run({"records", "show", file}).err, HasSubstr("corrupted record at 31 of " + file));
}

TEST(Records, CheckReportsAnEndInTheMiddle) {
  const std::string file = written("cut", {"one", "two"});
  std::filesystem::resize_file(file, 25);
  const Result cut = run({"records", "check", file});
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(cut.out, HasSubstr("the file ends in the middle of a record at 19"));
}

TEST(Records, CopyJoinsAndCompresses) {
  const std::string a = written("a", {"one"}), b = written("b", {"two", "three"}), all = temporary("all.gz");
  const Result copied = run({"records", "copy", a, b, all, "--to_compression", "gzip"});
  EXPECT_EQ(copied.status, 0) << copied.err;
  EXPECT_EQ(copied.out, "3 records in " + all + "\n");
  EXPECT_EQ(run({"records", "check", all}).out, all + ": 3 sound records of 11 bytes\n");
}

TEST(Records, CopyStopsAtDamageUnlessItIsSkipped) {
  const std::string file = written("skip", {"one", "two", "three"}), to = temporary("skipped");
  damage(file, 19);
  EXPECT_EQ(run({"records", "copy", file, to}).status, 1);
  const Result skipped = run({"records", "copy", file, to, "--skip_damaged"});
  EXPECT_EQ(skipped.status, 0);
  EXPECT_THAT(skipped.out, HasSubstr("corrupted record at 19"));
  EXPECT_EQ(run({"records", "check", to}).out, to + ": 2 sound records of 8 bytes\n");
}

TEST(Records, SplitDealsOut) {
  const std::string file = written("split", {"one", "two", "three"}), prefix = temporary("shard");
  EXPECT_EQ(run({"records", "split", file, prefix, "--shards", "2"}).status, 0);
  EXPECT_EQ(run({"records", "check", prefix + "-00000-of-00002"}).out, prefix + "-00000-of-00002: 2 sound records of 8 bytes\n");
  EXPECT_EQ(run({"records", "check", prefix + "-00001-of-00002"}).out, prefix + "-00001-of-00002: 1 sound records of 3 bytes\n");
}

TEST(Records, AbsentFilesAreErrors) {
  for (const char* command : {"show", "check"}) {
    const Result absent = run({"records", command, "/no/such/file"});
    EXPECT_EQ(absent.status, 1);
    EXPECT_THAT(absent.err, HasSubstr("/no/such/file; No such file or directory"));
  }
}

const std::string& golden_events() {
  static const std::string path = testing::golden_path("tf-1.15/events/events.out.tfevents.1600000000.host");
  return path;
}

TEST(Events, ShowListsTags) {
  const Result shown = run({"events", "show", golden_events()});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("  version: 1, last brain.Event:2 at step 0\n"));
  EXPECT_THAT(shown.out, HasSubstr("  session log: 2, last STOP at step 3\n"));
  EXPECT_THAT(shown.out, HasSubstr("scalar           3           0 to 2  0.333333\n"));
  EXPECT_THAT(run({"events", "show", golden_events(), "--json"}).out, HasSubstr("\"tag\": \"by_hand\", \"kind\": \"scalar\""));
  EXPECT_THAT(run({"events", "show", golden_events(), "--all"}).out, HasSubstr("layer/loss = 0.5\n"));
}

TEST(Events, ExportPrintsScalarsAndSavesImages) {
  const Result loss = run({"events", "export", golden_events(), "--tag", "layer/loss"});
  EXPECT_EQ(loss.out, "tag,step,wall_time,value\nlayer/loss,0,1600000002.000000,1\nlayer/loss,1,1600000003.000000,0.5\n"
                      "layer/loss,2,1600000003.500000,0.333333343\n");
  const std::string folder = temporary("images");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(run({"events", "export", golden_events(), "--to", folder}).status, 0);
  EXPECT_FALSE(std::filesystem::is_empty(folder));
  const Result absent = run({"events", "export", golden_events(), "--tag", "no"});
  EXPECT_EQ(absent.status, 1);
  EXPECT_THAT(absent.err, HasSubstr("No tag no in "));
}

TEST(Events, FolderWithoutEventFilesIsAnError) {
  EXPECT_THAT(run({"events", "show", ::testing::TempDir() + "/.."}).err, HasSubstr("has no event files"));
}

}  // namespace
}  // namespace reflow::tools
