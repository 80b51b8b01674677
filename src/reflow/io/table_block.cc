#include "reflow/io/table_block.h"

#include <algorithm>

#include "reflow/io/varint.h"

namespace reflow::io {

void BlockBuilder::add(std::string_view key, std::string_view value) {
  size_t shared = 0;
  if (since_restart_ == restart_interval_) {
    restarts_.push_back(static_cast<uint32_t>(entries_.size()));
    since_restart_ = 0;
  } else {
    const size_t limit = std::min(last_key_.size(), key.size());
    while (shared < limit && last_key_[shared] == key[shared]) ++shared;
  }
  append_varint(entries_, shared);
  append_varint(entries_, key.size() - shared);
  append_varint(entries_, value.size());
  entries_.append(key.substr(shared)).append(value);
  last_key_ = key;
  ++since_restart_;
}

std::string BlockBuilder::finish() {
  for (const uint32_t restart : restarts_) append_fixed32(entries_, restart);
  append_fixed32(entries_, static_cast<uint32_t>(restarts_.size()));
  std::string bytes = std::move(entries_);
  *this = BlockBuilder(restart_interval_);
  return bytes;
}

StatusOr<std::shared_ptr<const Block>> Block::parse(std::string bytes, uint64_t offset) {
  std::shared_ptr<Block> block(new Block(std::move(bytes), offset));
  const size_t size = block->bytes_.size();
  const size_t num_restarts = size < 4 ? 0 : fixed32_at(block->bytes_.data() + size - 4);
  if (size < 4 || num_restarts > (size - 4) / 4) return data_loss("bad block contents (block at offset {})", offset);
  block->num_restarts_ = num_restarts;
  block->restarts_ = size - 4 - 4 * num_restarts;
  return block;
}

size_t BlockCursor::restart_offset(size_t i) const {
  return fixed32_at(block_->bytes_.data() + block_->restarts_ + 4 * i);
}

Status BlockCursor::bad_entry(size_t at) const {
  return data_loss("bad entry in block (byte {} of the block at offset {})", at, block_->offset_);
}

Status BlockCursor::start_at(size_t restart) {
  valid_ = false;
  key_.clear();
  if (block_->num_restarts_ == 0) return OkStatus();
  return read_entry(restart_offset(restart));
}

Status BlockCursor::read_entry(size_t at) {
  valid_ = false;
  if (at > block_->restarts_) return bad_entry(at);
  std::string_view rest = std::string_view(block_->bytes_).substr(at, block_->restarts_ - at);
  if (rest.empty()) return OkStatus();
  uint64_t shared, own, value_size;
  if (!take_varint(rest, &shared) || !take_varint(rest, &own) || !take_varint(rest, &value_size) ||
      shared > key_.size() || own > rest.size() || value_size > rest.size() - own) {
    return bad_entry(at);
  }
  key_.resize(shared);
  key_.append(rest.substr(0, own));
  value_ = rest.substr(own, value_size);
  next_ = static_cast<size_t>(value_.data() + value_.size() - block_->bytes_.data());
  valid_ = true;
  return OkStatus();
}

Status BlockCursor::seek(std::string_view target) {
  // Whoever asks for keys in their order finds the next one here.
  if (valid_ && key_ < target) {
    RETURN_IF_ERROR(next());
    if (valid_ && key_ >= target) return OkStatus();
  } else if (valid_ && key_ == target) {
    return OkStatus();
  }
  size_t low = 0, high = block_->num_restarts_ == 0 ? 0 : block_->num_restarts_ - 1;
  while (low < high) {  // the last restart whose key is less than the target
    const size_t middle = (low + high + 1) / 2;
    RETURN_IF_ERROR(start_at(middle));
    if (!valid_) return bad_entry(restart_offset(middle));
    (key_ < target ? low : high) = key_ < target ? middle : middle - 1;
  }
  RETURN_IF_ERROR(start_at(low));
  while (valid_ && key_ < target) RETURN_IF_ERROR(next());
  return OkStatus();
}

}  // namespace reflow::io
