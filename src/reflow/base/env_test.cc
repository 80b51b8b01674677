#include "reflow/base/env.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "reflow/base/logging.h"

namespace reflow {
namespace {

constexpr EnvKnob kKnob("REFLOW_TEST_KNOB", "nothing", "Read by a test.");

class Env : public ::testing::Test {
 protected:
  ~Env() override { unsetenv("REFLOW_TEST_KNOB"); }
};

TEST_F(Env, UnsetAndEmptyGiveTheDefault) {
  EXPECT_EQ(kKnob.integer(7), 7);
  EXPECT_EQ(kKnob.text("x"), "x");
  EXPECT_FALSE(kKnob.flag());
  setenv("REFLOW_TEST_KNOB", "", 1);
  EXPECT_EQ(kKnob.integer(7), 7);
}

TEST_F(Env, Values) {
  setenv("REFLOW_TEST_KNOB", "-12", 1);
  EXPECT_EQ(kKnob.integer(7), -12);
  EXPECT_TRUE(kKnob.flag());
  setenv("REFLOW_TEST_KNOB", "0", 1);
  EXPECT_FALSE(kKnob.flag());
}

TEST_F(Env, NoIntegerIsReportedAndIgnored) {
  static std::string line;
  set_log_sink([](LogLevel, std::string_view text) { line = text; });
  setenv("REFLOW_TEST_KNOB", "3x", 1);
  EXPECT_EQ(kKnob.integer(7), 7);
  set_log_sink(nullptr);
  EXPECT_NE(line.find("REFLOW_TEST_KNOB=3x is not an integer; it is ignored."), std::string::npos) << line;
}

TEST_F(Env, RegisteredKnobsAreListedByName) {
  const EnvKnob::Registration registration(kKnob);
  const auto knobs = env_knobs();
  const auto has = [&](const char* name) {
    return std::ranges::any_of(knobs, [&](const EnvKnob& k) { return std::strcmp(k.name(), name) == 0; });
  };
  EXPECT_TRUE(has("REFLOW_TEST_KNOB"));
  EXPECT_TRUE(has("REFLOW_DEBUG"));
  EXPECT_TRUE(has("REFLOW_DUMP_GRAPH"));
  EXPECT_TRUE(has("REFLOW_NUM_THREADS"));
  EXPECT_TRUE(std::ranges::is_sorted(knobs, {}, [](const EnvKnob& k) { return std::string(k.name()); }));
}

}  // namespace
}  // namespace reflow
