#include <algorithm>

#include "reflow/io/crc32c.h"
#include "reflow/io/table.h"
#include "reflow/io/table_format.h"
#include "reflow/io/varint.h"

namespace reflow::io {
namespace {

constexpr size_t kBlockBytes = 256 << 10;

// The shortest key that is at least `last` and less than `next`, in the manner of LevelDB.
void shorten_towards(std::string& last, std::string_view next) {
  const size_t limit = std::min(last.size(), next.size());
  size_t i = 0;
  while (i < limit && last[i] == next[i]) ++i;
  if (i == limit) return;  // one begins with the other
  const auto byte = static_cast<unsigned char>(last[i]);
  if (byte < 0xff && byte + 1 < static_cast<unsigned char>(next[i])) {
    ++last[i];
    last.resize(i + 1);
  }
}

// The shortest key that is at least `last`.
void shorten_to_successor(std::string& last) {
  for (size_t i = 0; i < last.size(); ++i) {
    if (static_cast<unsigned char>(last[i]) == 0xff) continue;
    ++last[i];
    last.resize(i + 1);
    return;
  }
}

std::string encoded(const BlockHandle& handle) {
  std::string bytes;
  append_varint(bytes, handle.offset);
  append_varint(bytes, handle.size_bytes);
  return bytes;
}

}  // namespace

Status TableWriter::write(std::string_view bytes) {
  RETURN_IF_ERROR(file_->write_at(offset_, bytes));
  offset_ += bytes.size();
  return OkStatus();
}

Status TableWriter::write_block(BlockBuilder& block, BlockHandle* handle) {
  std::string bytes = block.finish();
  *handle = {offset_, bytes.size()};
  bytes += kNotCompressed;
  append_fixed32(bytes, mask_crc(crc32c(bytes)));
  return write(bytes);
}

Status TableWriter::flush_block() {
  if (data_.empty()) return OkStatus();
  has_pending_ = true;
  return write_block(data_, &pending_);
}

Status TableWriter::add(std::string_view key, std::string_view value) {
  if (has_pending_) {
    shorten_towards(last_key_, key);
    index_.add(last_key_, encoded(pending_));
    has_pending_ = false;
  }
  last_key_ = key;
  data_.add(key, value);
  return data_.size_bytes() >= kBlockBytes ? flush_block() : OkStatus();
}

Status TableWriter::finish() {
  RETURN_IF_ERROR(flush_block());
  BlockBuilder no_metadata(16);
  BlockHandle metadata, index;
  RETURN_IF_ERROR(write_block(no_metadata, &metadata));
  if (has_pending_) {
    shorten_to_successor(last_key_);
    index_.add(last_key_, encoded(pending_));
    has_pending_ = false;
  }
  RETURN_IF_ERROR(write_block(index_, &index));
  std::string footer = encoded(metadata) + encoded(index);
  footer.resize(kFooterBytes - 8);
  append_fixed64(footer, kTableMagic);
  return write(footer);
}

}  // namespace reflow::io
