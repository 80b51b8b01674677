#pragma once

// Readers of records: work units, mostly names of files, come from a queue, and each run gives the next record.

#include <cstdint>
#include <string>

#include "reflow/client/queue.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// Key and value of a record, or of several as vectors.
struct ReaderRecord {
  Output key, value;
};

// What all readers can (tf.ReaderBase). A handle: copies are the same reader.
//
//   const auto [key, line] = tf::TextLineReader().read(tf::train::string_input_producer({"a.txt", "b.txt"}));
class ReaderBase {
 public:
  explicit ReaderBase(const Output& reader_ref, bool supports_serialize = false)
      : ref_(reader_ref), supports_serialize_(supports_serialize) {}

  const Output& reader_ref() const { return ref_; }
  bool supports_serialize() const { return supports_serialize_; }

  // The next record; takes a work unit out of `queue` when there is none left.
  ReaderRecord read(const Queue& queue, const NameOptions& options = {}) const;
  // As many records, or those that are left of a work unit.
  ReaderRecord read_up_to(const Queue& queue, const TensorLike& num_records, const NameOptions& options = {}) const;
  // int64 scalars.
  Output num_records_produced(const NameOptions& options = {}) const;
  Output num_work_units_completed(const NameOptions& options = {}) const;
  // The state as a string, where the reader supports it; and the operation that takes one up.
  Output serialize_state(const NameOptions& options = {}) const;
  Operation restore_state(const TensorLike& state, const NameOptions& options = {}) const;
  // Makes the reader as new.
  Operation reset(const NameOptions& options = {}) const;

 private:
  Output ref_;
  bool supports_serialize_;
};

// Each file is one record: its name and what is in it.
class WholeFileReader : public ReaderBase {
 public:
  explicit WholeFileReader(const NameOptions& options = {});
};

struct TextLineReaderOptions {
  int64_t skip_header_lines = 0;
  std::string name;
};
// Lines: "file:3" and the text without its end.
class TextLineReader : public ReaderBase {
 public:
  explicit TextLineReader(const TextLineReaderOptions& options = {});
};

struct FixedLengthRecordOptions {
  int64_t header_bytes = 0, footer_bytes = 0, hop_bytes = 0;  // hop 0: records stand one behind the other
  std::string name;
  std::string encoding;  // or "ZLIB", "GZIP"
};
// Records of record_bytes each.
class FixedLengthRecordReader : public ReaderBase {
 public:
  explicit FixedLengthRecordReader(int64_t record_bytes, const FixedLengthRecordOptions& options = {});
};

// Entries of LMDB databases: keys and values.
class LMDBReader : public ReaderBase {
 public:
  explicit LMDBReader(const NameOptions& options = {});
};

struct TFRecordReaderOptions {
  std::string name;
  std::string compression_type;  // or "ZLIB", "GZIP"
};
class TFRecordReader : public ReaderBase {
 public:
  explicit TFRecordReader(const TFRecordReaderOptions& options = {});
};

// Each work unit is a record, its own key and value.
class IdentityReader : public ReaderBase {
 public:
  explicit IdentityReader(const NameOptions& options = {});
};

}  // namespace reflow
