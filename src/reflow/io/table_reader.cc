#include <snappy.h>

#include "reflow/io/crc32c.h"
#include "reflow/io/table.h"
#include "reflow/io/table_format.h"
#include "reflow/io/varint.h"

namespace reflow::io {
namespace {

bool take_handle(std::string_view& from, BlockHandle* handle) {
  return take_varint(from, &handle->offset) && take_varint(from, &handle->size_bytes);
}

StatusOr<std::string> uncompressed(std::string_view bytes, uint64_t offset) {
  // Two bytes stand for 64 at most: a length beyond that is wrong, and nothing is allocated for it.
  constexpr size_t kMostExpansion = 32;
  size_t size = 0;
  std::string result;
  if (snappy::GetUncompressedLength(bytes.data(), bytes.size(), &size) && size / kMostExpansion <= bytes.size()) {
    result.resize(size);
    if (snappy::RawUncompress(bytes.data(), bytes.size(), result.data())) return result;
  }
  return data_loss("corrupted compressed block contents (block at offset {})", offset);
}

}  // namespace

StatusOr<std::shared_ptr<const Block>> Table::read_block(const BlockHandle& handle) const {
  const uint64_t room = size_bytes_ - kFooterBytes;
  if (handle.offset > room || handle.size_bytes > room - handle.offset ||
      room - handle.offset - handle.size_bytes < kBlockTrailerBytes) {
    return data_loss("bad block handle: block at offset {} of {} bytes in a file of {} bytes", handle.offset,
                     handle.size_bytes, size_bytes_);
  }
  std::string bytes(handle.size_bytes + kBlockTrailerBytes, '\0');
  ASSIGN_OR_RETURN(const size_t got, file_->read(handle.offset, bytes.size(), bytes.data()));
  if (got != bytes.size()) return data_loss("truncated block read (block at offset {})", handle.offset);
  const char* trailer = bytes.data() + handle.size_bytes;
  const char compression = *trailer;
  if (unmask_crc(fixed32_at(trailer + 1)) != crc32c(std::string_view(bytes).substr(0, handle.size_bytes + 1))) {
    return data_loss("block checksum mismatch (block at offset {})", handle.offset);
  }
  bytes.resize(handle.size_bytes);
  if (compression == kSnappy) {
    ASSIGN_OR_RETURN(bytes, uncompressed(bytes, handle.offset));
  } else if (compression != kNotCompressed) {
    return data_loss("bad block type (block at offset {})", handle.offset);
  }
  return Block::parse(std::move(bytes), handle.offset);
}

StatusOr<std::shared_ptr<const Table>> Table::open(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<ReadableFile> file, ReadableFile::open(path));
  ASSIGN_OR_RETURN(const uint64_t size, file->size());
  if (size < kFooterBytes) return data_loss("file is too short to be an sstable");
  std::shared_ptr<Table> table(new Table(std::move(file), size));
  char footer[kFooterBytes];
  ASSIGN_OR_RETURN(const size_t got, table->file_->read(size - kFooterBytes, kFooterBytes, footer));
  if (got != kFooterBytes) return data_loss("file is too short to be an sstable");
  if (fixed64_at(footer + kFooterBytes - 8) != kTableMagic) return data_loss("not an sstable (bad magic number)");
  std::string_view handles(footer, kFooterBytes - 8);
  BlockHandle metadata, index;
  if (!take_handle(handles, &metadata) || !take_handle(handles, &index)) {
    return data_loss("bad block handle (footer at offset {})", size - kFooterBytes);
  }
  ASSIGN_OR_RETURN(table->index_, table->read_block(index));
  return table;
}

Status TableCursor::load_block() {
  if (!index_.valid()) {
    block_ = BlockCursor();
    loaded_.clear();
    return OkStatus();
  }
  if (!loaded_.empty() && loaded_ == index_.value()) return OkStatus();
  loaded_.clear();
  block_ = BlockCursor();
  std::string_view value = index_.value();
  BlockHandle handle;
  if (!take_handle(value, &handle)) return data_loss("bad block handle (in the index of the table)");
  ASSIGN_OR_RETURN(std::shared_ptr<const Block> block, table_->read_block(handle));
  block_ = BlockCursor(std::move(block));
  loaded_ = index_.value();
  return OkStatus();
}

Status TableCursor::skip_empty_blocks() {
  while (!block_.valid() && index_.valid()) {
    RETURN_IF_ERROR(index_.next());
    RETURN_IF_ERROR(load_block());
    if (index_.valid()) RETURN_IF_ERROR(block_.seek_to_first());
  }
  return OkStatus();
}

Status TableCursor::seek_to_first() {
  RETURN_IF_ERROR(index_.seek_to_first());
  RETURN_IF_ERROR(load_block());
  if (index_.valid()) RETURN_IF_ERROR(block_.seek_to_first());
  return skip_empty_blocks();
}

Status TableCursor::seek(std::string_view target) {
  RETURN_IF_ERROR(index_.seek(target));
  RETURN_IF_ERROR(load_block());
  if (index_.valid()) RETURN_IF_ERROR(block_.seek(target));
  return skip_empty_blocks();
}

Status TableCursor::next() {
  RETURN_IF_ERROR(block_.next());
  return skip_empty_blocks();
}

}  // namespace reflow::io
