#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::io {

// Files of the local file system. Paths may begin with "file://"; another scheme is Unimplemented, "File system scheme
// 's3' not implemented (file: 's3://a')". Errors of the operating system are those of os_error.h.

// A file that is read at any place. Thread-safe.
class ReadableFile {
 public:
  static StatusOr<std::unique_ptr<ReadableFile>> open(std::string_view path);
  ~ReadableFile();
  // Reads up to n bytes from `offset` into `out`; fewer only where the file ends.
  StatusOr<size_t> read(uint64_t offset, size_t n, char* out) const;
  // The file's size now.
  StatusOr<uint64_t> size() const;
  const std::string& path() const { return path_; }

 private:
  ReadableFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
};

// A file that is written from begin to end, through a buffer. Not thread-safe. After an error nothing more is written,
// and every later call gives that error again.
class WritableFile {
 public:
  enum class Mode { kTruncate, kAppend };
  static StatusOr<std::unique_ptr<WritableFile>> open(std::string_view path, Mode mode = Mode::kTruncate);
  // Closes; whoever wants to know of errors calls close().
  ~WritableFile();
  Status append(std::string_view data);
  // Hands what was appended to the operating system.
  Status flush();
  // Flushes, and returns when it is on the disk.
  Status sync();
  // Flushes and closes. Later calls are FailedPrecondition.
  Status close();
  // Bytes in the file, those in the buffer included.
  uint64_t size_bytes() const { return written_ + buffer_.size(); }
  const std::string& path() const { return path_; }

 private:
  WritableFile(int fd, std::string path, uint64_t size, bool reserves)
      : fd_(fd), path_(std::move(path)), written_(size), reserves_(reserves) {}
  Status write_out(std::string_view data);
  void reserve_room(uint64_t size);
  void give_room_back();
  int fd_;
  std::string path_, buffer_;
  uint64_t written_;
  uint64_t room_ = 0;  // bytes from the begin on that have their place on the disk, whether they are written or not
  bool reserves_;      // the file system can, and the file is this writer's alone
  Status error_;
};

// The whole of a file; makes `content` the whole of a file.
StatusOr<std::string> read_file(std::string_view path);
Status write_file(std::string_view path, std::string_view content);

bool file_exists(std::string_view path);
Status delete_file(std::string_view path);
// Replaces what is at `to`.
Status rename_file(std::string_view from, std::string_view to);
// Makes a folder and those that it lies in, where they don't exist.
Status create_folders(std::string_view path);

// `path` without "file://". Unimplemented: it has another scheme.
StatusOr<std::string> local_path(std::string_view path);

}  // namespace reflow::io
