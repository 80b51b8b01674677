#include "reflow/summary/summary.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "reflow/io/record_reader.h"
#include "reflow/reflow.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tensorflow/core/protobuf/config.pb.h"
#include "tensorflow/core/util/event.pb.h"

namespace reflow::summary {
namespace {

class SummaryTest : public ::testing::Test {
 protected:
  void SetUp() override { reset_default_graph(); }
  static tensorflow::Summary parsed(const Tensor& value) {
    tensorflow::Summary summary;
    EXPECT_TRUE(summary.ParseFromString(value.item<std::string>()));
    return summary;
  }
};

TEST_F(SummaryTest, TagsAreTheNamesOfScopes) {
  const name_scope layer("layer");
  scalar("loss", 1.5);
  const Output second = scalar("loss", 2.5);
  const Output odd = scalar("a b", 1.0, {.family = "fam"});
  EXPECT_EQ(second.name(), "layer/loss_1:0");
  EXPECT_EQ(odd.name(), "layer/fam/a_b:0");
  Session sess;
  EXPECT_EQ(parsed(sess.run(second)).value(0).tag(), "layer/loss_1");
  EXPECT_EQ(parsed(sess.run(odd)).value(0).tag(), "fam/layer/fam/a_b");
}

TEST_F(SummaryTest, MergeAllGivesOneSummaryOfTheCollection) {
  EXPECT_FALSE(merge_all().has_value());
  scalar("loss", 1.5);
  histogram("weights", {1.0, 2.0, 2.0});
  image("digit", zeros({2, 4, 4, 1}), {.max_outputs = 1});
  audio("sound", zeros({1, 8}), 44100.0);
  text("note", constant("hello"));
  scalar("elsewhere", 1.0, {.collections = std::vector<std::string>{"other"}});
  const auto merged = merge_all();
  ASSERT_TRUE(merged.has_value());
  EXPECT_EQ(merged->name(), "Merge/MergeSummary:0");
  Session sess;
  const tensorflow::Summary summary = parsed(sess.run(*merged));
  ASSERT_EQ(summary.value_size(), 5);
  EXPECT_EQ(summary.value(0).simple_value(), 1.5f);
  EXPECT_EQ(summary.value(1).histo().num(), 3);
  EXPECT_EQ(summary.value(2).tag(), "digit/image");
  EXPECT_EQ(summary.value(3).audio().length_frames(), 8);
  EXPECT_EQ(summary.value(4).metadata().plugin_data().plugin_name(), "text");
}

TEST_F(SummaryTest, TextHasToBeText) {
  EXPECT_THROW(text("note", constant(1.0)), ValueError);
}

TEST_F(SummaryTest, FileHasSummariesGraphAndRunMetadata) {
  const std::string logdir = ::testing::TempDir() + "summary_test_file";
  std::filesystem::remove_all(logdir);
  const Output note = text("note", constant("hello"));
  Session sess;
  FileWriter writer(logdir, get_default_graph());
  RunMetadata metadata;
  for (int64_t step = 1; step <= 2; ++step) {
    writer.add_summary(sess.run({note}, {}, {.trace_level = RunOptions::FULL_TRACE}, &metadata)[0], step);
  }
  writer.add_run_metadata(metadata, "step2", 2);
  EXPECT_THROW(writer.add_run_metadata(metadata, "step2", 3), ValueError);
  EXPECT_THROW(writer.add_summary("\xff", 3), errors::InvalidArgumentError);
  writer.add_scalar("by_hand", 0.5f, 3);
  writer.close();
  auto reader = io::RecordReader::open(writer.path());
  std::vector<tensorflow::Event> events;
  std::string_view record;
  while ((*reader)->next(&record).ok()) {
    ASSERT_TRUE(events.emplace_back().ParseFromArray(record.data(), static_cast<int>(record.size())));
  }
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  tensorflow::GraphDef graph;
  ASSERT_TRUE(graph.ParseFromString(events[1].graph_def()));
  EXPECT_GT(graph.node_size(), 2);
  EXPECT_TRUE(events[2].summary().value(0).has_metadata());
  EXPECT_FALSE(events[3].summary().value(0).has_metadata());  // once for each tag
  tensorflow::RunMetadata read;
  ASSERT_TRUE(read.ParseFromString(events[4].tagged_run_metadata().run_metadata()));
  EXPECT_GT(read.step_stats().dev_stats_size(), 0);
  EXPECT_EQ(events[5].summary().value(0).simple_value(), 0.5f);
  EXPECT_EQ(events[5].step(), 3);
}

}  // namespace
}  // namespace reflow::summary
