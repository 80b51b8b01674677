// `reflow profile`, on a RunMetadata of TensorFlow 1.15.5 (tests/data/run_metadata).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reflow/summary/chrome_trace.h"
#include "reflow/tools/command_line.h"
#include "reflow/summary/step_label.h"
#include "tensorflow/core/protobuf/config.pb.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using summary::parse_label;
using summary::StepLabel;

class ProfileCommand : public ::testing::Test {
 protected:
  int run(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv{"reflow", "profile"};
    for (const std::string& a : arguments) argv.push_back(a.c_str());
    out_.str("");
    err_.str("");
    return run_command_line(static_cast<int>(argv.size()), argv.data(), out_, err_);
  }
  std::string file_of(const tensorflow::RunMetadata& metadata) {
    std::ofstream(folder_ / "run.pb") << metadata.SerializeAsString();
    return folder_ / "run.pb";
  }
  const std::string golden_ = testing::golden_path("run_metadata/mlp_step.pb");
  testing::TemporaryFolder folder_;
  std::ostringstream out_, err_;
};

TEST(StepLabel, HasOpAndInputs) {
  const StepLabel label = parse_label("layer/add = AddV2(layer/MatMul, layer/b/read)");
  EXPECT_EQ(label.op, "AddV2");
  EXPECT_THAT(label.inputs, ElementsAre("layer/MatMul", "layer/b/read"));
  EXPECT_THAT(parse_label("w = VariableV2()").inputs, IsEmpty());
  EXPECT_EQ(parse_label("MEMCPYHtoD").op, "unknown");
}

TEST_F(ProfileCommand, ListsOpsAndNodes) {
  ASSERT_EQ(run({golden_}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("/job:localhost/replica:0/task:0/device:CPU:0: 24 nodes, "));
  EXPECT_THAT(out_.str(), ::testing::ContainsRegex("\n  MatMul +5 +[0-9.]+ +[0-9.]+ % +[0-9.]+ kB\n"));
  EXPECT_THAT(out_.str(), ::testing::ContainsRegex("\n  MatMul_1 +MatMul [^\n]* float \\[100,10\\]\n"));
}

TEST_F(ProfileCommand, ListsTheLongestNodes) {
  ASSERT_EQ(run({golden_, "--top", "2"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("  the 2 longest of 24 nodes; --top 0 lists all\n"));
}

TEST_F(ProfileCommand, PrintsJson) {
  ASSERT_EQ(run({golden_, "--json"}), 0) << err_.str();
  std::map<std::string, double> by_op, by_node;
  std::istringstream lines(out_.str());
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    (object.contains("node") ? by_node : by_op)[object["device"].get<std::string>() + object["op"].get<std::string>()] +=
        object["us"].get<double>();
  }
  ASSERT_EQ(by_op.size(), by_node.size());
  for (const auto& [op, us] : by_op) EXPECT_NEAR(us, by_node[op], 1e-6) << op;
}

TEST_F(ProfileCommand, WritesTheTraceOfTimeline) {
  ASSERT_EQ(run({golden_, "--trace", folder_ / "trace.json", "--memory"}), 0) << err_.str();
  std::stringstream trace;
  trace << std::ifstream(folder_ / "trace.json").rdbuf();
  EXPECT_EQ(trace.str(), testing::read_golden("run_metadata/mlp_step.trace.json"));
}

TEST_F(ProfileCommand, SaysThatNothingWasTraced) {
  tensorflow::RunMetadata metadata;
  metadata.add_partition_graphs();
  EXPECT_EQ(run({file_of(metadata)}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("run.pb has no StepStats: the run was not traced (trace_level=FULL_TRACE)"));
}

TEST_F(ProfileCommand, RefusesTimesThatMakeNoSense) {
  tensorflow::RunMetadata metadata;
  auto* node = metadata.mutable_step_stats()->add_dev_stats()->add_node_stats();
  node->set_node_name("late");
  node->set_all_start_micros(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(run({file_of(metadata)}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("times or sizes of node 'late' make no sense"));
}

}  // namespace
}  // namespace reflow::tools
