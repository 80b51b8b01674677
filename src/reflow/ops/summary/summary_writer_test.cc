#include "reflow/ops/summary/summary_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/formats/summary_bytes.h"
#include "reflow/io/matching_files.h"
#include "reflow/io/record_reader.h"
#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using formats::EventField;

class SummaryWriterTest : public reflow::testing::SessionFixture {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "summary_writer_test";
    std::filesystem::remove_all(folder_);
    writer_ = op("SummaryWriter", {}, {{"shared_name", std::string("w")}}, "writer");
  }
  Endpoint text(const std::string& value) { return constant(Tensor::scalar(value)); }
  Node* make() {
    return node("CreateSummaryFileWriter", {writer_, text(folder_), constant(Tensor::scalar(10)),
                                            constant(Tensor::scalar(1000)), text(".v2")});
  }
  // Runs an op that writes, with the writer and step 3 as its first inputs.
  void write(const std::string& type, std::vector<Endpoint> inputs, AttrMap attrs = {}) {
    std::vector<graph::OpInput> all = {writer_, constant(Tensor::scalar(int64_t{3}))};
    all.insert(all.end(), inputs.begin(), inputs.end());
    run({}, {}, {node(type, all, std::move(attrs))});
  }
  // The contents of the events of the file, "STEP FIELD" and the tags of summaries.
  std::vector<std::string> events() {
    run({}, {}, {node("FlushSummaryWriter", {writer_})});
    const std::vector<std::string> files = *io::matching_files(folder_ + "/*.v2");
    EXPECT_EQ(files.size(), 1u);
    std::vector<std::string> result;
    auto reader = io::RecordReader::open(files.at(0));
    EXPECT_TRUE(reader.ok());
    std::string_view record;
    while ((*reader)->next(&record).ok()) {
      formats::EventView event;
      EXPECT_TRUE(formats::read_event(record, &event));
      std::string line = fmt::format("{} {}", event.step, static_cast<int>(*event.field));
      if (event.field == EventField::kSummary) {
        formats::each_summary_value(event.content, [&](const formats::SummaryValueView& value) {
          line += " " + std::string(value.tag);
        });
      }
      result.push_back(line);
    }
    return result;
  }

  std::string folder_;
  Endpoint writer_;
};

TEST_F(SummaryWriterTest, EachKindOfSummary) {
  run({}, {}, {make()});
  write("WriteScalarSummary", {text("s"), constant(Tensor::scalar(2.5f))});
  write("WriteHistogramSummary", {text("h"), constant(Tensor::vector<float>({1, 2}))});
  write("WriteImageSummary", {text("i"), constant(Tensor::from<uint8_t>({1, 2, 3, 4}, {1, 2, 2, 1})),
                              constant(Tensor::vector<uint8_t>({255, 0, 0, 255}))});
  write("WriteAudioSummary", {text("a"), constant(Tensor::from<float>({0, 1}, {1, 2})), constant(Tensor::scalar(8000.0f))},
        {{"max_outputs", int64_t{1}}});
  write("WriteSummary", {constant(Tensor::vector<int32_t>({1, 2})), text("t"), text("")});
  write("WriteGraphSummary", {text("")});
  EXPECT_EQ(events(), (std::vector<std::string>{"0 3", "3 5 s", "3 5 h", "3 5 i/image/0", "3 5 a/audio", "3 5 t", "3 4"}));
}

TEST_F(SummaryWriterTest, SummariesAndEventsThatAreGiven) {
  run({}, {}, {make()});
  formats::SummaryBytes a, b;
  a.add_scalar("a", 1);
  b.add_scalar("b", 2);
  const std::string summaries[] = {std::move(a).bytes(), std::move(b).bytes()};
  write("WriteRawProtoSummary", {constant(Tensor::from(std::span<const std::string>(summaries), {2}))});
  run({}, {}, {node("ImportEvent", {writer_, text(formats::event_bytes(1.5, 9, EventField::kLogMessage, ""))})});
  EXPECT_EQ(events(), (std::vector<std::string>{"0 3", "3 5 a b", "9 6"}));
  EXPECT_NE(error({}, {}, {node("ImportEvent", {writer_, text("\xff")})}).find("Bad tf.Event binary proto tensor string"),
            std::string::npos);
}

TEST_F(SummaryWriterTest, MadeOnceAndClosed) {
  EXPECT_NE(error({}, {}, {node("FlushSummaryWriter", {writer_})}).find("Could not find resource: localhost/w"),
            std::string::npos);
  run({}, {}, {make()});
  run({}, {}, {make()});
  EXPECT_EQ(events(), std::vector<std::string>{"0 3"});
  run({}, {}, {node("CloseSummaryWriter", {writer_})});
  EXPECT_NE(error({}, {}, {node("CloseSummaryWriter", {writer_})}).find("localhost/w"), std::string::npos);
}

TEST_F(SummaryWriterTest, NoDatabases) {
  Node* const db = node("CreateSummaryDbWriter", {writer_, text(""), text(""), text(""), text("")});
  EXPECT_NE(error({}, {}, {db}).find("no summaries to SQLite databases"), std::string::npos);
}

}  // namespace
}  // namespace reflow::ops
