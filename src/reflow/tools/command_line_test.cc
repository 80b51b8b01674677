#include "reflow/tools/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace reflow::tools {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Outcome {
  int status;
  std::string out, err;
};

Outcome run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "reflow");
  std::ostringstream out, err;
  const int status = run_command_line(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {status, out.str(), err.str()};
}

TEST(CommandLine, HelpHasAnExampleForEachCommand) {
  for (const std::vector<const char*>& command : std::vector<std::vector<const char*>>{{"--help"},
                                                                                       {"ops", "--help"},
                                                                                       {"graph", "--help"},
                                                                                       {"graph", "show", "--help"},
                                                                                       {"graph", "freeze", "--help"},
                                                                                       {"graph", "optimize", "--help"},
                                                                                       {"graph", "diff", "--help"},
                                                                                       {"saved_model", "--help"},
                                                                                       {"saved_model", "show", "--help"},
                                                                                       {"saved_model", "run", "--help"},
                                                                                       {"env", "--help"},
                                                                                       {"version", "--help"}}) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Example:\n  reflow")) << command[0];
    EXPECT_THAT(outcome.err, IsEmpty());
  }
}

TEST(CommandLine, VersionIsACommandAndAFlag) {
  const Outcome command = run({"version"}), flag = run({"--version"});
  EXPECT_THAT(command.out, StartsWith("reflow "));
  EXPECT_THAT(command.out, HasSubstr("(TensorFlow 1.15.5)\n"));
  EXPECT_EQ(command.out, flag.out);
  EXPECT_EQ(flag.status, 0);
}

TEST(CommandLine, EnvListsTheKnobsWithTheirSentences) {
  const Outcome outcome = run({"env"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("REFLOW_DUMP_GRAPH (default: not set"));
  EXPECT_THAT(outcome.out, HasSubstr("\n    A directory to which the graph is written"));
}

TEST(CommandLine, AnUnknownOpIsAnErrorOnStderr) {
  const Outcome outcome = run({"ops", "Matmull"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, StartsWith("reflow: there is no op 'Matmull'; near: MatMul"));
}

TEST(CommandLine, ArgumentsThatMakeNoSenseAreRefused) {
  for (const std::vector<const char*>& command :
       std::vector<std::vector<const char*>>{{}, {"draw"}, {"graph", "show"}, {"ops", "MatMul", "--filter", "Mat"}}) {
    const Outcome outcome = run(command);
    EXPECT_GT(outcome.status, 1);
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr("--help"));
  }
}

}  // namespace
}  // namespace reflow::tools
