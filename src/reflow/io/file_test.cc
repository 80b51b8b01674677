#include "reflow/io/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace reflow::io {
namespace {

std::string temporary(const std::string& name) { return ::testing::TempDir() + "file_test_" + name; }

TEST(File, WhatIsWrittenIsRead) {
  const std::string path = temporary("content"), content(700000, 'x');
  ASSERT_TRUE(write_file(path, content + "end").ok());
  EXPECT_EQ(*read_file(path), content + "end");
  EXPECT_EQ(*read_file("file://" + path), content + "end");
}

// Pieces that end before, at and behind blocks of the buffer, and such as are longer than several.
TEST(File, PiecesOfAnySizeFollowEachOther) {
  const std::string path = temporary("pieces");
  constexpr size_t kBlock = 1 << 20;
  auto file = WritableFile::open(path);
  ASSERT_TRUE(file.ok());
  std::string all;
  for (const size_t size : {size_t{7}, kBlock - 7, kBlock, 3 * kBlock + 1, kBlock - 2, size_t{0}, size_t{1}, 2 * kBlock - 5,
                            size_t{9}, kBlock}) {
    const std::string piece(size, static_cast<char>('a' + size % 23));
    ASSERT_TRUE((*file)->append(piece).ok());
    all += piece;
    EXPECT_EQ((*file)->size_bytes(), all.size());
    if (size == 9) { ASSERT_TRUE((*file)->flush().ok()); }
  }
  ASSERT_TRUE((*file)->close().ok());
  EXPECT_TRUE(*read_file(path) == all);
}

TEST(File, AppendGoesOnAtTheEnd) {
  const std::string path = temporary("append");
  ASSERT_TRUE(write_file(path, "one").ok());
  auto file = WritableFile::open(path, WritableFile::Mode::kAppend);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append(" two").ok());
  EXPECT_EQ((*file)->size_bytes(), 7u);
  EXPECT_EQ(*read_file(path), "one");
  ASSERT_TRUE((*file)->flush().ok());
  EXPECT_EQ(*read_file(path), "one two");
  ASSERT_TRUE((*file)->close().ok());
  EXPECT_EQ((*file)->append("three").code(), StatusCode::kFailedPrecondition);
}

// Their room is reserved ahead, which nobody sees afterwards.
TEST(File, LargeFilesTakeNoMoreRoomThanTheyNeed) {
  const std::string path = temporary("large"), part(900000, 'x');
  auto file = WritableFile::open(path);
  ASSERT_TRUE(file.ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE((*file)->append(part).ok());
  ASSERT_TRUE((*file)->flush().ok());
  EXPECT_EQ(std::filesystem::file_size(path), 5 * part.size());
  ASSERT_TRUE((*file)->close().ok());
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(static_cast<size_t>(status.st_size), 5 * part.size());
  EXPECT_LE(static_cast<size_t>(status.st_blocks) * 512, 5 * part.size() + (256 << 10));
}

TEST(File, WhatOthersAppendMeanwhileStays) {
  const std::string path = temporary("shared"), part(2 << 20, 'x');
  auto file = WritableFile::open(path);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append(part).ok());
  ASSERT_TRUE((*file)->flush().ok());
  auto other = WritableFile::open(path, WritableFile::Mode::kAppend);
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE((*other)->append("end").ok());
  ASSERT_TRUE((*other)->close().ok());
  ASSERT_TRUE((*file)->close().ok());
  EXPECT_EQ(std::filesystem::file_size(path), part.size() + 3);
}

TEST(File, ErrorsAreTensorFlows) {
  const Status absent = read_file("/no/such/file").status();
  EXPECT_EQ(absent.code(), StatusCode::kNotFound);
  EXPECT_EQ(message_of(absent), "/no/such/file; No such file or directory");
  EXPECT_EQ(write_file("/no/such/file", "").code(), StatusCode::kNotFound);
  EXPECT_EQ(read_file(::testing::TempDir()).status().code(), StatusCode::kFailedPrecondition);
  const Status scheme = read_file("s3://bucket/a").status();
  EXPECT_EQ(scheme.code(), StatusCode::kUnimplemented);
  EXPECT_EQ(message_of(scheme), "File system scheme 's3' not implemented (file: 's3://bucket/a')");
}

TEST(File, FullDiskIsAnErrorThatStays) {
  if (!file_exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  auto file = WritableFile::open("/dev/full");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append("x").ok());
  EXPECT_EQ((*file)->flush().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ((*file)->append("x").code(), StatusCode::kResourceExhausted);
}

TEST(File, FoldersAreMadeWithThoseTheyLieIn) {
  const std::string path = temporary("folder") + "/a/b";
  std::filesystem::remove_all(temporary("folder"));
  ASSERT_TRUE(create_folders(path).ok());
  ASSERT_TRUE(create_folders(path).ok());
  EXPECT_TRUE(std::filesystem::is_directory(path));
  ASSERT_TRUE(write_file(path + "/from", "1").ok());
  ASSERT_TRUE(rename_file(path + "/from", path + "/to").ok());
  EXPECT_FALSE(file_exists(path + "/from"));
  EXPECT_TRUE(delete_file(path + "/to").ok());
  EXPECT_EQ(delete_file(path + "/to").code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reflow::io
