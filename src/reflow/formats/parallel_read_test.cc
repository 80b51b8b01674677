#include "reflow/formats/parallel_read.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/io/crc32c.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

class ParallelReadTest : public ::testing::Test {
 protected:
  // A file of `size` bytes, and the pieces of it, [offset, offset + size).
  void open(size_t size) {
    for (size_t i = 0; i < size; ++i) content_.push_back(static_cast<char>(i * 2654435761u >> 13));
    ASSERT_TRUE(io::write_file(folder_ / "file", content_).ok());
    file_ = *io::ReadableFile::open(folder_ / "file");
  }
  Status read(const std::vector<std::pair<uint64_t, uint64_t>>& ranges) {
    buffers_.clear();
    pieces_.clear();
    for (const auto& [offset, size] : ranges) buffers_.emplace_back(size, '?');
    for (size_t i = 0; i < ranges.size(); ++i) pieces_.push_back({file_.get(), ranges[i].first, ranges[i].second, buffers_[i].data()});
    return read_pieces(pieces_, ThreadPool::process_pool());
  }
  void expect_all() {
    for (size_t i = 0; i < pieces_.size(); ++i) {
      EXPECT_TRUE(buffers_[i] == content_.substr(pieces_[i].offset, pieces_[i].size)) << i;
      EXPECT_EQ(pieces_[i].crc, io::crc32c(buffers_[i])) << i;
    }
  }

  testing::TemporaryFolder folder_;
  std::string content_;
  std::unique_ptr<io::ReadableFile> file_;
  std::vector<std::string> buffers_;
  std::vector<FilePiece> pieces_;
};

TEST_F(ParallelReadTest, SmallOnesSideBySideAndLargeOnes) {
  open(6'000'000);
  const Status status = read({{0, 40}, {40, 0}, {40, 4}, {44, 5'000'000}, {5'000'044, 7}, {5'000'051, 16384}, {5'016'435, 16385}});
  ASSERT_TRUE(status.ok()) << status;
  expect_all();
}

TEST_F(ParallelReadTest, AnyOrderAndOverlaps) {
  open(1000);
  const Status status = read({{500, 10}, {0, 10}, {10, 10}, {15, 10}, {510, 490}, {0, 1000}});
  ASSERT_TRUE(status.ok()) << status;
  expect_all();
}

TEST_F(ParallelReadTest, ManySmallOnesAreReadInSeveralChunks) {
  open(3'000'000);
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (uint64_t i = 0; i < 300; ++i) ranges.push_back({i * 10'000, 10'000});
  ASSERT_TRUE(read(ranges).ok());
  expect_all();
}

TEST_F(ParallelReadTest, FilesThatAreTooShort) {
  open(100);
  EXPECT_EQ(read({{0, 50}, {50, 51}}).code(), StatusCode::kOutOfRange);
  EXPECT_EQ(read({{101, 1}}).code(), StatusCode::kOutOfRange);
  EXPECT_TRUE(read({}).ok());
}

}  // namespace
}  // namespace reflow::formats
