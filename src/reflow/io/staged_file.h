#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "reflow/base/status.h"

namespace reflow::io {

// A file that is written beside its place, as PATH.tempstateNUMBER, and put there when it is complete: readers see the
// old file or the new one, never half of one, whenever the process ends. Left behind unless commit() is called:
// the destructor deletes it. Errors of the operating system are those of os_error.h.
class StagedFile {
 public:
  static StatusOr<std::unique_ptr<StagedFile>> create(std::string_view path);
  ~StagedFile();

  // Takes the room for `size` bytes from `offset` on, which makes writing them cheaper, and finds a full disk before
  // anything is written. Does nothing where the file system can't. ResourceExhausted: there is no such room.
  Status reserve(uint64_t offset, uint64_t size);
  // Writes at `offset`. Several threads may write at once, to different places.
  Status write_at(uint64_t offset, std::string_view data);
  // Nothing may be written any more. With REFLOW_SYNC_FILES the bytes are on the disk when this returns.
  Status close();
  // Puts the closed file in its place.
  Status commit();
  // Leaves it where it is, staged_path(), to the caller.
  std::string release() { return std::exchange(staged_, {}); }

  const std::string& path() const { return path_; }           // where it will be
  const std::string& staged_path() const { return staged_; }  // where it is

 private:
  StagedFile(int fd, std::string path, std::string staged);
  int fd_;
  std::string path_, staged_;
};

// Makes `content` the whole of a file, as StagedFile does.
Status replace_file(std::string_view path, std::string_view content);

}  // namespace reflow::io
