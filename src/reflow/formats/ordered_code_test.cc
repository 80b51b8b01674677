#include "reflow/formats/ordered_code.h"

#include <gtest/gtest.h>

#include <limits>

namespace reflow::formats {
namespace {

using std::string_literals::operator""s;

std::string signed_code(int64_t value) {
  std::string code;
  append_ordered_signed(code, value);
  return code;
}

TEST(OrderedCode, StringsComeBack) {
  for (const std::string& value : {""s, "name"s, "a\0b"s, "\xff\xff"s, "\0\1"s}) {
    std::string code;
    append_ordered_string(code, value);
    code += "rest";
    std::string_view from = code;
    std::string read;
    ASSERT_TRUE(take_ordered_string(from, &read));
    EXPECT_EQ(read, value);
    EXPECT_EQ(from, "rest");
  }
}

TEST(OrderedCode, SignedIntegersComeBackAndSort) {
  std::string last;
  for (const int64_t value : {std::numeric_limits<int64_t>::min(), int64_t{-1} << 62, int64_t{-100000}, int64_t{-65},
                              int64_t{-64}, int64_t{-1}, int64_t{0}, int64_t{63}, int64_t{64}, int64_t{8191}, int64_t{8192},
                              (int64_t{1} << 55) - 1, int64_t{1} << 55, int64_t{1} << 62,
                              std::numeric_limits<int64_t>::max()}) {
    const std::string code = signed_code(value);
    std::string_view from = code;
    int64_t read = 0;
    ASSERT_TRUE(take_ordered_signed(from, &read)) << value;
    EXPECT_EQ(read, value);
    EXPECT_TRUE(from.empty());
    EXPECT_LT(last, code) << value;
    last = code;
  }
}

// From keys in files of TensorFlow.
TEST(OrderedCode, BytesAreTensorFlows) {
  EXPECT_EQ(signed_code(0), "\x80");
  EXPECT_EQ(signed_code(-1), "\x7f");
  EXPECT_EQ(signed_code(64), "\xc0\x40");
  EXPECT_EQ(signed_code(-65), "\x3f\xbf");
  std::string code;
  append_ordered_unsigned(code, 0);
  append_ordered_unsigned(code, 0x1234);
  EXPECT_EQ(code, "\0\2\x12\x34"s);
}

TEST(OrderedCode, RefusesWhatIsNotWhole) {
  std::string text;
  uint64_t number;
  int64_t integer;
  for (const std::string& bytes : {""s, "a"s, "a\0"s, "a\0\2"s}) {
    std::string_view from = bytes;
    EXPECT_FALSE(take_ordered_string(from, &text));
  }
  for (const std::string& bytes : {""s, "\1"s, "\11123456789"s}) {
    std::string_view from = bytes;
    EXPECT_FALSE(take_ordered_unsigned(from, &number));
  }
  for (const std::string& bytes : {""s, "\xc0"s, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, "\xc0\1"s}) {
    std::string_view from = bytes;
    EXPECT_FALSE(take_ordered_signed(from, &integer));
  }
}

}  // namespace
}  // namespace reflow::formats
