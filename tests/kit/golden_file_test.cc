#include "tests/kit/golden_file.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reflow::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

// `gzip -n` of "abc\n".
constexpr unsigned char kAbcGz[] = {0x1f, 0x8b, 8,    0,    0, 0,    0,    0,    0,    3, 0x4b, 0x4c,
                                    0x4a, 0xe6, 0x02, 0,    0x4e, 0x81, 0x88, 0x47, 4, 0,    0,    0};
const std::string kAbc(reinterpret_cast<const char*>(kAbcGz), sizeof(kAbcGz));

TEST(GoldenFile, GzIsTransparent) { EXPECT_THAT(read_golden("tf-1.15/ops.pbtxt"), StartsWith("op {")); }

TEST(GoldenFile, GzByItsOwnName) { EXPECT_EQ(read_golden("tf-1.15/ops.pbtxt.gz"), read_golden("tf-1.15/ops.pbtxt")); }

TEST(GoldenFile, MissingFileNamesThePath) {
  EXPECT_THAT([] { read_golden("no/such.file"); }, ThrowsMessage<std::runtime_error>(HasSubstr("no/such.file")));
}

TEST(GoldenFile, JsonLines) {
  const auto cases = read_golden_jsonl("tf-1.15/shape_fns/shape_fns.jsonl");
  ASSERT_GT(cases.size(), 1000u);
  EXPECT_EQ(cases[0]["op"], "Abs");
}

TEST(GoldenFile, DamagedJsonNamesTheFile) {
  EXPECT_THAT([] { read_golden_json("tf-1.15/ops.pbtxt"); }, ThrowsMessage<std::runtime_error>(HasSubstr("ops.pbtxt:1")));
}

TEST(Gunzip, Members) { EXPECT_EQ(gunzip(kAbc + kAbc, "x"), "abc\nabc\n"); }

TEST(Gunzip, EveryTruncationIsAnError) {
  for (size_t n = 0; n < kAbc.size(); ++n) EXPECT_THROW(gunzip(kAbc.substr(0, n), "x"), std::runtime_error) << n;
}

TEST(Gunzip, ChecksumIsVerified) {
  std::string damaged = kAbc;
  damaged[17] ^= 1;
  EXPECT_THROW(gunzip(damaged, "x"), std::runtime_error);
}

}  // namespace
}  // namespace reflow::testing
