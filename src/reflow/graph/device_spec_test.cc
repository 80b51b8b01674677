#include "reflow/graph/device_spec.h"

#include <gtest/gtest.h>

namespace reflow::graph {
namespace {

std::string canonical(std::string_view name) { return DeviceSpec::parse(name)->str(); }

TEST(DeviceSpec, OldFormsBecomeCanonical) {
  EXPECT_EQ(canonical("/cpu:0"), "/device:CPU:0");
  EXPECT_EQ(canonical("/gpu:1"), "/device:GPU:1");
  EXPECT_EQ(canonical("/job:ps/task:2/CPU:0"), "/job:ps/task:2/device:CPU:0");
  EXPECT_EQ(canonical("/device:GPU:*"), "/device:GPU:*");
  EXPECT_EQ(canonical(""), "");
}

TEST(DeviceSpec, InnerSpecOverridesWhatItSays) {
  const DeviceSpec outer = *DeviceSpec::parse("/job:worker/replica:0/task:1/device:GPU:1");
  EXPECT_EQ(outer.overridden_by(*DeviceSpec::parse("/cpu:0")).str(), "/job:worker/replica:0/task:1/device:CPU:0");
  EXPECT_EQ(outer.overridden_by(*DeviceSpec::parse("/job:ps")).str(), "/job:ps/replica:0/task:1/device:GPU:1");
}

TEST(DeviceSpec, PartialSpecMatchesFullName) {
  const DeviceSpec full = *DeviceSpec::parse("/job:localhost/replica:0/task:0/device:CPU:0");
  EXPECT_TRUE(DeviceSpec::parse("/cpu:0")->matches(full));
  EXPECT_TRUE(DeviceSpec().matches(full));
  EXPECT_FALSE(DeviceSpec::parse("/cpu:1")->matches(full));
  EXPECT_FALSE(DeviceSpec::parse("/job:ps")->matches(full));
}

TEST(DeviceSpec, MalformedNamesAreErrors) {
  EXPECT_EQ(message_of(DeviceSpec::parse("/cpu:zero").status()), "invalid literal for int() with base 10: 'zero'");
  EXPECT_EQ(message_of(DeviceSpec::parse("/fpga:0").status()), "Unknown attribute: 'fpga' in '/fpga:0'");
}

}  // namespace
}  // namespace reflow::graph
