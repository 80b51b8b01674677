#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/file.h"

namespace reflow::formats {

// Takes numbers and bytes from the front of a string; what isn't there is zero, and ok() false from then on.
class Hdf5Cursor {
 public:
  explicit Hdf5Cursor(std::string_view bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  uint64_t number(size_t size) {
    uint64_t value = 0;
    const std::string_view raw = bytes(size);
    for (size_t i = 0; i < raw.size(); ++i) value |= uint64_t{static_cast<uint8_t>(raw[i])} << (8 * i);
    return value;
  }
  std::string_view bytes(uint64_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  // Bytes that are filled up to a multiple of eight.
  std::string_view padded(uint64_t size) {
    const std::string_view taken = bytes(size);
    bytes((8 - size % 8) % 8);
    return taken;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The bytes of an HDF5 file by their addresses, which count from the superblock on. Thread-safe.
class Hdf5Blocks {
 public:
  // NotFound: no such file. DataLoss: it is none of HDF5, or is damaged. Unimplemented: a newer version of the format.
  static StatusOr<std::unique_ptr<Hdf5Blocks>> open(std::string_view path);
  // DataLoss: the file has no such place.
  StatusOr<std::string> bytes(uint64_t address, uint64_t size) const;
  Status read(uint64_t address, uint64_t size, char* out) const;
  // DataLoss: "Damaged HDF5 file PATH: WHAT at offset ADDRESS".
  Status damaged(uint64_t address, std::string_view what) const;
  uint64_t size_bytes() const { return size_; }  // of the file
  uint64_t root() const { return root_; }        // where its outermost group is
  const std::string& path() const { return file_->path(); }

 private:
  explicit Hdf5Blocks(std::unique_ptr<io::ReadableFile> file) : file_(std::move(file)) {}
  Status read_superblock();
  std::unique_ptr<io::ReadableFile> file_;
  uint64_t size_ = 0, base_ = 0, root_ = 0;
};

}  // namespace reflow::formats
