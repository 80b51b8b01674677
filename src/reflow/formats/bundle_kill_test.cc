// A process that is killed while it saves leaves the last complete checkpoint, and a full disk ends in an error.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "reflow/base/env.h"
#include "reflow/formats/bundle_reader.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/io/crc32c.h"
#include "reflow/io/varint.h"
#include "tests/kit/forked_child.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::formats {
namespace {

constexpr int kTensors = 20;

// All tensors have the value `generation`.
Status save(const std::string& prefix, int generation) {
  Tensor value(DType::kInt32, {20000});
  for (int32_t& v : value.flat<int32_t>()) v = generation;
  ASSIGN_OR_RETURN(const auto writer, BundleWriter::create(prefix));
  for (int i = 0; i < kTensors; ++i) RETURN_IF_ERROR(writer->add("v" + std::to_string(i), value));
  return writer->finish();
}

// The generation, where all tensors have the same; else -1. 0: there is no checkpoint yet.
int saved_generation(const std::string& prefix) {
  const auto reader = BundleReader::open(prefix);
  if (reader.status().code() == StatusCode::kNotFound) return 0;
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return -1;
  int generation = 0;
  for (int i = 0; i < kTensors; ++i) {
    const auto value = (*reader)->read("v" + std::to_string(i));
    EXPECT_TRUE(value.ok()) << value.status();
    if (!value.ok()) return -1;
    if (generation == 0) generation = value->flat<int32_t>()[0];
    for (const int32_t v : value->flat<int32_t>()) {
      if (v != generation) return -1;
    }
  }
  return generation;
}

// Writes the same checkpoint again and again, from `first` on, and the number of each that is complete into a pipe.
[[noreturn]] void save_for_ever(const std::string& prefix, int first, int pipe) {
  for (int generation = first;; ++generation) {
    if (!save(prefix, generation).ok() || ::write(pipe, &generation, sizeof generation) != sizeof generation) _exit(1);
  }
}

// The last number that a pipe has.
int last_number(int pipe) {
  int number = 0, last = 0;
  while (::read(pipe, &number, sizeof number) == sizeof number) last = number;
  return last;
}

// 20 moments, and as many as REFLOW_KILLS says.
TEST(BundleKill, TheLastCompleteCheckpointReads) {
  SKIP_WITHOUT_THREADS_IN_CHILDREN();
  const testing::TemporaryFolder folder;
  const int64_t kills = EnvKnob("REFLOW_KILLS", "20", "").integer(20);
  std::mt19937 random(1);
  int generation = 0;
  for (int64_t i = 0; i < kills; ++i) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) save_for_ever(folder / "model", generation + 1, ends[1]);
    ::close(ends[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(2000 + random() % 15000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const int complete = std::max(last_number(ends[0]), generation);
    ::close(ends[0]);
    generation = saved_generation(folder / "model");
    // The one that was just being put in its place may be there too.
    ASSERT_TRUE(generation == complete || generation == complete + 1) << generation << " instead of " << complete;
  }
}

// The process ends between the renames of data and index: what is left is the note, and both names with the old data.
TEST(BundleKill, RenamesThatWereBegunAreFinished) {
  SKIP_WITHOUT_THREADS_IN_CHILDREN();
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(save(folder / "model", 1).ok());
  std::filesystem::copy(folder / "model.index", folder / "old");
  // Its own folder, where everything may be renamed but the index.
  const pid_t child = ::fork();
  if (child == 0) {
    std::filesystem::remove(folder / "model.index");
    std::filesystem::create_directories(folder / "model.index/in the way");
    _exit(save(folder / "model", 2).ok() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::remove_all(folder / "model.index");
  std::filesystem::copy(folder / "old", folder / "model.index");
  ASSERT_TRUE(std::filesystem::exists(folder / "model.commit"));
  EXPECT_EQ(saved_generation(folder / "model"), 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "model.commit"));
}

TEST(BundleKill, NotesOfOthersRenameNothingElse) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(save(folder / "model", 1).ok());
  ASSERT_TRUE(io::write_file(folder / "precious", "text").ok());
  std::string note("\x08precious\x0bmodel.index");
  io::append_fixed32(note, io::mask_crc(io::crc32c(note)));
  ASSERT_TRUE(io::write_file(folder / "model.commit", note).ok());
  EXPECT_EQ(saved_generation(folder / "model"), 1);
  EXPECT_EQ(*io::read_file(folder / "precious"), "text");
}

TEST(BundleKill, AFullDiskIsAnError) {
  SKIP_WITHOUT_THREADS_IN_CHILDREN();
  const testing::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    // Two saves of 1.6 MB into a file system of 2 MB of its own.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=2m") != 0) {
      _exit(77);
    }
    if (!save(folder / "model", 1).ok()) _exit(1);
    const Status full = save(folder / "model", 2);
    if (full.code() != StatusCode::kResourceExhausted) _exit(2);
    if (message_of(full).find("No space left on device") == std::string_view::npos) _exit(3);
    if (saved_generation(folder / "model") != 1) _exit(4);
    // Nothing half-written stays.
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
      if (file.path().string().find("tempstate") != std::string::npos) _exit(5);
    }
    _exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no right to mount a small file system";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace reflow::formats
