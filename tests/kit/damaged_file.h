#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "reflow/io/file.h"

namespace reflow::testing {

// A file that a test damages where it lies. Writing it anew each time would wait for the disk: ext4 puts files there at once
// that were emptied and written again.
class DamagedFile {
 public:
  explicit DamagedFile(const std::string& path) : bytes_(*io::read_file(path)), fd_(::open(path.c_str(), O_RDWR)) {}
  ~DamagedFile() { ::close(fd_); }
  DamagedFile(const DamagedFile&) = delete;
  size_t size() const { return bytes_.size(); }
  void cut(size_t size) { ASSERT_EQ(::ftruncate(fd_, static_cast<off_t>(size)), 0); }
  void flip(size_t bit) { write(bit / 8, static_cast<char>(bytes_[bit / 8] ^ (1 << (bit % 8)))); }
  void mend(size_t bit) { write(bit / 8, bytes_[bit / 8]); }
  // As it was before cut().
  void mend() { ASSERT_EQ(::pwrite(fd_, bytes_.data(), bytes_.size(), 0), static_cast<ssize_t>(bytes_.size())); }

 private:
  void write(size_t at, char byte) { ASSERT_EQ(::pwrite(fd_, &byte, 1, static_cast<off_t>(at)), 1); }
  std::string bytes_;
  int fd_;
};

}  // namespace reflow::testing
