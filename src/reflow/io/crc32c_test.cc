#include "reflow/io/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace reflow::io {
namespace {

std::string bytes(size_t n) {
  std::string s(n, '\0');
  uint32_t state = 1;
  for (char& c : s) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return s;
}

// RFC 3720, appendix B.4.
TEST(Crc32c, ValuesOfTheStandard) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string ascending, descending;
  for (int i = 0; i < 32; ++i) {
    ascending += static_cast<char>(i);
    descending += static_cast<char>(31 - i);
  }
  EXPECT_EQ(crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(crc32c(descending), 0x113fdb5cu);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(Crc32c, InstructionAndTablesAgreeAtEveryLength) {
  const std::string data = bytes(10000);
  for (size_t n : {0, 1, 7, 8, 9, 63, 383, 384, 391, 1024, 3071, 3072, 3073, 6143, 6144, 6151, 9999}) {
    for (size_t start : {0, 1, 5}) {
      const std::string_view part = std::string_view(data).substr(start, n);
      EXPECT_EQ(crc32c(part), crc32c_internal::extend_by_tables(0, part)) << n << " bytes from " << start;
    }
  }
}

TEST(Crc32c, ExtendContinues) {
  const std::string data = bytes(8000);
  for (size_t cut : {0, 1, 100, 4000, 8000}) {
    const std::string_view all = data;
    EXPECT_EQ(crc32c_extend(crc32c(all.substr(0, cut)), all.substr(cut)), crc32c(data));
  }
}

TEST(Crc32c, MaskIsUndone) {
  for (uint32_t crc : {0u, 1u, 0xe3069283u, 0xffffffffu}) {
    EXPECT_NE(mask_crc(crc), crc);
    EXPECT_EQ(unmask_crc(mask_crc(crc)), crc);
  }
}

}  // namespace
}  // namespace reflow::io
