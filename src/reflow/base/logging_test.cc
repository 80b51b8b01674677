#include "reflow/base/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace reflow {
namespace {

using ::testing::MatchesRegex;

class Logging : public ::testing::Test {
 protected:
  Logging() {
    set_log_sink([](LogLevel, std::string_view text) { line_ = text; });
  }
  ~Logging() override {
    set_log_sink(nullptr);
    line_.clear();
  }
  static inline std::string line_;
};

TEST_F(Logging, LineOfTensorFlowsForm) {
  log_warning("{} is {}", "x", 3);
  EXPECT_THAT(line_, MatchesRegex("....-..-.. ..:..:..[.]......: W logging_test.cc:[0-9]+\\] x is 3"));
  log_info("i");
  EXPECT_THAT(line_, MatchesRegex(".*: I logging_test.cc:[0-9]+\\] i"));
  log_error("e");
  EXPECT_THAT(line_, MatchesRegex(".*: E logging_test.cc:[0-9]+\\] e"));
}

TEST_F(Logging, DebugIsSilentByDefault) {
  if (debug_level() > 0) GTEST_SKIP() << "REFLOW_DEBUG is set";
  log_debug(1, "text");
  EXPECT_EQ(line_, "");
}

TEST(LoggingDeathTest, CheckEndsTheProcess) {
  REFLOW_CHECK(1 + 1 == 2);
  EXPECT_DEATH(REFLOW_CHECK(1 + 1 == 3), "F logging_test.cc:[0-9]+\\] Check failed: 1 \\+ 1 == 3");
  EXPECT_DEATH(log_fatal("bug {}", 7), "bug 7");
}

}  // namespace
}  // namespace reflow
