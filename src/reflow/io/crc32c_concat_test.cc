#include "reflow/io/crc32c_concat.h"

#include <gtest/gtest.h>

#include "reflow/io/crc32c.h"

namespace reflow::io {
namespace {

TEST(Crc32cConcat, IsTheCrcOfTheWhole) {
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += static_cast<char>(i * 37 + i / 256);
  for (const size_t border : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{4999}, bytes.size()}) {
    const std::string_view first = std::string_view(bytes).substr(0, border), second = std::string_view(bytes).substr(border);
    EXPECT_EQ(crc32c_concat(crc32c(first), crc32c(second), second.size()), crc32c(bytes)) << border;
  }
}

}  // namespace
}  // namespace reflow::io
