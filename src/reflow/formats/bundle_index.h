#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/formats/bundle_entry.h"
#include "reflow/io/staged_file.h"
#include "reflow/io/table.h"

namespace reflow::formats {

// The index of a checkpoint V2: a table of a header and of entries by key (docs/formats/checkpoint.md).
class BundleIndexWriter {
 public:
  // Writes into `file`, which the caller closes.
  explicit BundleIndexWriter(io::StagedFile* file) : table_(file) {}
  Status add_header(const BundleHeader& header) { return table_.add("", header.encoded()); }
  // REQUIRES: in the order of the keys, after the header.
  Status add(std::string_view key, const BundleEntry& entry) { return table_.add(key, entry.encoded()); }
  Status finish() { return table_.finish(); }

 private:
  io::TableWriter table_;
};

// The index of a checkpoint that is read. Thread-safe; cursors are not.
class BundleIndex {
 public:
  // Finishes what a process that ended has begun to rename. NotFound and kin: no such file. DataLoss in TensorFlow's
  // words: no index.
  static StatusOr<BundleIndex> open(std::string_view prefix);
  const BundleHeader& header() const { return header_; }
  const std::shared_ptr<const io::Table>& table() const { return table_; }

 private:
  std::shared_ptr<const io::Table> table_;
  BundleHeader header_;
};

}  // namespace reflow::formats
