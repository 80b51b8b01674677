#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/file.h"
#include "reflow/io/staged_file.h"
#include "reflow/io/table_block.h"

namespace reflow::io {

// Tables: immutable sorted files of keys and values, LevelDB's format with TensorFlow's settings
// (docs/formats/table.md). Checkpoints are made of them.

// Where in a file a block is, its trailer not counted.
struct BlockHandle {
  uint64_t offset = 0, size_bytes = 0;
};

// Writes a table, byte for byte as TensorFlow does: blocks of 256 KiB, not compressed. Not thread-safe.
class TableWriter {
 public:
  // Writes into `file`, from its begin; the caller closes it.
  explicit TableWriter(StagedFile* file) : file_(file) {}
  // REQUIRES: `key` is greater than the last one.
  Status add(std::string_view key, std::string_view value);
  // Writes what is missing.
  Status finish();

 private:
  Status write(std::string_view bytes);
  Status write_block(BlockBuilder& block, BlockHandle* handle);
  Status flush_block();

  StagedFile* file_;
  uint64_t offset_ = 0;
  BlockBuilder data_{16}, index_{1};
  std::string last_key_;
  BlockHandle pending_;  // a data block that isn't in the index yet, because its key depends on the one after
  bool has_pending_ = false;
};

// A table that is read. Its blocks may be compressed by Snappy. Thread-safe; cursors are not.
class Table {
 public:
  // NotFound and kin: no such file. DataLoss: no table, "not an sstable (bad magic number)" and kin.
  static StatusOr<std::shared_ptr<const Table>> open(std::string_view path);
  uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend class TableCursor;
  Table(std::unique_ptr<ReadableFile> file, uint64_t size) : file_(std::move(file)), size_bytes_(size) {}
  StatusOr<std::shared_ptr<const Block>> read_block(const BlockHandle& handle) const;

  std::unique_ptr<ReadableFile> file_;
  uint64_t size_bytes_;
  std::shared_ptr<const Block> index_;
};

// Walks through the entries of a table, which it keeps. Every block's checksum is verified. Errors are DataLoss with
// the place in the file.
class TableCursor {
 public:
  explicit TableCursor(std::shared_ptr<const Table> table) : table_(std::move(table)), index_(table_->index_) {}
  Status seek_to_first();
  // Goes to the first entry whose key is `target` or greater. Cheap where that is the next one.
  Status seek(std::string_view target);
  // REQUIRES: valid().
  Status next();
  bool valid() const { return block_.valid(); }
  const std::string& key() const { return block_.key(); }
  std::string_view value() const { return block_.value(); }

 private:
  Status load_block();
  Status skip_empty_blocks();

  std::shared_ptr<const Table> table_;
  BlockCursor index_, block_;
  std::string loaded_;  // the value in the index of the block that block_ walks through
};

}  // namespace reflow::io
