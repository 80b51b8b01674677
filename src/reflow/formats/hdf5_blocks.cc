#include "reflow/formats/hdf5_blocks.h"

#include "reflow/formats/hdf5_format.h"

namespace reflow::formats {

using namespace hdf5;  // NOLINT: the names of the format

StatusOr<std::unique_ptr<Hdf5Blocks>> Hdf5Blocks::open(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<io::ReadableFile> file, io::ReadableFile::open(path));
  std::unique_ptr<Hdf5Blocks> blocks(new Hdf5Blocks(std::move(file)));
  ASSIGN_OR_RETURN(blocks->size_, blocks->file_->size());
  RETURN_IF_ERROR(blocks->read_superblock());
  return blocks;
}

Status Hdf5Blocks::read_superblock() {
  // Behind a block of the user, which is 512 bytes or twice as many, and so on.
  for (;;) {
    if (base_ + kSignature.size() > size_) return data_loss("{} is no HDF5 file (file signature not found)", file_->path());
    ASSIGN_OR_RETURN(const std::string signature, bytes(0, kSignature.size()));
    if (signature == kSignature) break;
    base_ = base_ == 0 ? 512 : 2 * base_;
  }
  ASSIGN_OR_RETURN(const std::string head, bytes(kSignature.size(), 1));
  const int version = head[0];
  if (version > 1) {
    return unimplemented("{}: HDF5 files with superblocks of version {} (libver='latest') can't be read", file_->path(), version);
  }
  ASSIGN_OR_RETURN(const std::string block, bytes(0, kSuperblockBytes + (version == 1 ? 4 : 0)));
  if (block[13] != 8 || block[14] != 8) return unimplemented("{}: HDF5 files with addresses of other than 8 bytes", file_->path());
  Hdf5Cursor cursor(std::string_view(block).substr(version == 1 ? 28 : 24));
  const uint64_t base = cursor.number(8);
  cursor.bytes(32);  // free space, end of file, drivers, and the root's name
  root_ = cursor.number(8);
  return base == base_ ? OkStatus() : damaged(24, "another address of the superblock");
}

Status Hdf5Blocks::read(uint64_t address, uint64_t size, char* out) const {
  const uint64_t end = size_ - base_;
  if (address > end || size > end - address) {
    return data_loss("Damaged or truncated HDF5 file {}: {} bytes at offset {} lie outside of its {}", path(), size, address,
                     size_);
  }
  ASSIGN_OR_RETURN(const size_t got, file_->read(base_ + address, size, out));
  return got == size ? OkStatus() : damaged(address, "an end of the file");
}

StatusOr<std::string> Hdf5Blocks::bytes(uint64_t address, uint64_t size) const {
  // Nothing is allocated for what isn't there.
  if (size > size_) return damaged(address, fmt::format("a block of {} bytes", size));
  std::string result(size, '\0');
  RETURN_IF_ERROR(read(address, size, result.data()));
  return result;
}

Status Hdf5Blocks::damaged(uint64_t address, std::string_view what) const {
  return data_loss("Damaged HDF5 file {}: {} at offset {}", path(), what, address);
}

}  // namespace reflow::formats
