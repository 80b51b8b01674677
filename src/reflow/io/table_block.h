#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::io {

// Blocks are what tables consist of (docs/formats/table.md): entries in the order of their keys, of which each holds what
// it doesn't share with the one before, and the places of entries that hold all of theirs (restarts).

// Makes a block.
class BlockBuilder {
 public:
  // A restart every `restart_interval` entries.
  explicit BlockBuilder(int restart_interval) : restart_interval_(restart_interval) {}
  // REQUIRES: `key` is greater than the last one.
  void add(std::string_view key, std::string_view value);
  // Bytes that finish() would give now.
  size_t size_bytes() const { return entries_.size() + 4 * restarts_.size() + 4; }
  bool empty() const { return entries_.empty(); }
  // The bytes of the block; the builder is empty again.
  std::string finish();

 private:
  int restart_interval_;
  int since_restart_ = 0;
  std::string entries_, last_key_;
  std::vector<uint32_t> restarts_{0};
};

// A block as it was read. Immutable.
class Block {
 public:
  // `offset` is where in its file the block is, for messages. DataLoss: its restarts don't fit into it.
  static StatusOr<std::shared_ptr<const Block>> parse(std::string bytes, uint64_t offset);

 private:
  friend class BlockCursor;
  Block(std::string bytes, uint64_t offset) : bytes_(std::move(bytes)), offset_(offset) {}
  std::string bytes_;
  uint64_t offset_;
  size_t num_restarts_ = 0, restarts_ = 0;  // `restarts_`: where they begin
};

// Walks through the entries of a block, which it keeps. Errors are DataLoss "bad entry in block ...".
class BlockCursor {
 public:
  BlockCursor() = default;
  explicit BlockCursor(std::shared_ptr<const Block> block) : block_(std::move(block)) {}
  Status seek_to_first() { return start_at(0); }
  // Goes to the first entry whose key is `target` or greater.
  Status seek(std::string_view target);
  // REQUIRES: valid().
  Status next() { return read_entry(next_); }
  // False at the end, and before the first seek.
  bool valid() const { return valid_; }
  const std::string& key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  Status start_at(size_t restart);
  Status read_entry(size_t at);
  size_t restart_offset(size_t i) const;
  Status bad_entry(size_t at) const;

  std::shared_ptr<const Block> block_;
  std::string key_;
  std::string_view value_;
  size_t next_ = 0;
  bool valid_ = false;
};

}  // namespace reflow::io
