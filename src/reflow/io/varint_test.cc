#include "reflow/io/varint.h"

#include <gtest/gtest.h>

namespace reflow::io {
namespace {

TEST(Varint, ComesBack) {
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{300}, uint64_t{1} << 35, ~uint64_t{0}}) {
    std::string bytes;
    append_varint(bytes, value);
    bytes += "rest";
    std::string_view from = bytes;
    uint64_t read = 1;
    ASSERT_TRUE(take_varint(from, &read));
    EXPECT_EQ(read, value);
    EXPECT_EQ(from, "rest");
  }
}

TEST(Varint, RefusesWhatIsNotWhole) {
  uint64_t value = 0;
  std::string_view cut("\xff\xff", 2), long_one("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10), none;
  EXPECT_FALSE(take_varint(cut, &value));
  EXPECT_FALSE(take_varint(long_one, &value));
  EXPECT_FALSE(take_varint(none, &value));
  EXPECT_EQ(cut.size(), 2u);
}

TEST(Varint, FixedIntegersAreLittleEndian) {
  std::string bytes;
  append_fixed32(bytes, 0x04030201);
  append_fixed64(bytes, 0xfffefdfc00000005);
  EXPECT_EQ(bytes.substr(0, 4), "\1\2\3\4");
  EXPECT_EQ(fixed32_at(bytes.data()), 0x04030201u);
  EXPECT_EQ(fixed64_at(bytes.data() + 4), 0xfffefdfc00000005u);
}

}  // namespace
}  // namespace reflow::io
