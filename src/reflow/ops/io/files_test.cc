#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "reflow/io/file.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using testing::OpRunner;

std::string folder(const std::string& name) {
  const std::string path = ::testing::TempDir() + "files_test_" + name;
  std::filesystem::remove_all(path);
  return path;
}

TEST(Files, WhatIsWrittenIsRead) {
  const std::string path = folder("write") + "/a/b";
  OpRunner write("WriteFile", {Tensor::scalar(path), Tensor::scalar(std::string("one\0two", 7))});
  ASSERT_TRUE(write.run().ok());
  OpRunner read("ReadFile", {Tensor::scalar(path)});
  ASSERT_TRUE(read.run().ok());
  EXPECT_EQ(read.output().item<std::string>(), std::string("one\0two", 7));
}

TEST(Files, AbsentFileIsNotFound) {
  OpRunner read("ReadFile", {Tensor::scalar("/no/such/file")});
  const Status status = read.run();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(message_of(status), "/no/such/file; No such file or directory");
}

TEST(Files, PatternsMatchNamesAndFolders) {
  const std::string path = folder("match");
  for (const char* name : {"/x/a1.txt", "/x/a2.txt", "/x/b1.txt", "/y/a1.txt", "/.hidden"}) {
    ASSERT_TRUE(io::create_folders(path + "/x").ok() && io::create_folders(path + "/y").ok());
    ASSERT_TRUE(io::write_file(path + name, "").ok());
  }
  const auto matches = [&](Tensor patterns) {
    OpRunner match("MatchingFiles", {std::move(patterns)});
    EXPECT_TRUE(match.run().ok());
    std::string names;
    for (const std::string& name : match.output().flat<std::string>()) names += name.substr(path.size()) + " ";
    return names;
  };
  EXPECT_EQ(matches(Tensor::scalar(path + "/x/a*")), "/x/a1.txt /x/a2.txt ");
  EXPECT_EQ(matches(Tensor::scalar(path + "/*/a?.txt")), "/x/a1.txt /x/a2.txt /y/a1.txt ");
  EXPECT_EQ(matches(Tensor::scalar(path + "/x/[!a]*")), "/x/b1.txt ");
  EXPECT_EQ(matches(Tensor::scalar(path + "/*")), "/.hidden /x /y ");
  EXPECT_EQ(matches(Tensor::scalar(path + "/x/b1.txt")), "/x/b1.txt ");
  EXPECT_EQ(matches(Tensor::vector<std::string>({path + "/y/*", path + "/x/b*"})), "/x/b1.txt /y/a1.txt ");
  EXPECT_EQ(matches(Tensor::scalar(path + "/x/none*")), "");
}

TEST(Files, PatternBelowNoFolderIsNotFound) {
  OpRunner match("MatchingFiles", {Tensor::scalar("/no/such/folder/*")});
  EXPECT_EQ(match.run().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace reflow::ops
