#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reflow/formats/example_builder.h"

namespace reflow {

namespace train {
// Builds serialized Examples without message objects.
using ExampleBuilder = formats::ExampleBuilder;
}  // namespace train

namespace python_io {

enum class TFRecordCompressionType { NONE = 0, ZLIB = 1, GZIP = 2 };

// How the records of a file are compressed; the numbers are those of zlib's manual.
struct TFRecordOptions {
  TFRecordCompressionType compression_type = TFRecordCompressionType::NONE;
  std::optional<int> flush_mode, output_buffer_size, window_bits, compression_level, compression_method, mem_level,
      compression_strategy;
  // "", "ZLIB" or "GZIP".
  std::string compression_type_string() const;
};

// Writes records to a TFRecord file; compression_type is "", "ZLIB" or "GZIP". Errors are those of tf.errors. Not
// thread-safe.
class TFRecordWriter {
 public:
  explicit TFRecordWriter(const std::string& path, const std::string& compression_type = "");
  TFRecordWriter(const std::string& path, const TFRecordOptions& options);
  ~TFRecordWriter();  // closes; whoever wants to know of errors calls close()
  void write(std::string_view record);
  void flush();
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Reads the records of a TFRecord file one after the other. Not thread-safe.
class TFRecordIterator {
 public:
  explicit TFRecordIterator(const std::string& path, const std::string& compression_type = "");
  ~TFRecordIterator();
  // The next record, good until the next call; false at the end. DataLossError, with the offset: the file is damaged.
  bool next(std::string_view* record);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The records of a file, one after the other: for (const std::string& record : tf_record_iterator(path)). NotFoundError:
// there is no such file. DataLossError: it is damaged. A handle, to be gone through once.
class tf_record_iterator {
 public:
  explicit tf_record_iterator(const std::string& path, const TFRecordOptions& options = {})
      : records_(std::make_shared<TFRecordIterator>(path, options.compression_type_string())) {}

  class Position {
   public:
    Position() = default;
    explicit Position(TFRecordIterator* records) : records_(records) { ++*this; }
    const std::string& operator*() const { return record_; }
    Position& operator++() {
      std::string_view record;
      if (records_->next(&record)) record_ = record;
      else records_ = nullptr;
      return *this;
    }
    bool operator==(const Position& other) const { return records_ == other.records_; }

   private:
    TFRecordIterator* records_ = nullptr;  // null: the end
    std::string record_;
  };
  Position begin() const { return Position(records_.get()); }
  Position end() const { return Position(); }

 private:
  std::shared_ptr<TFRecordIterator> records_;
};

}  // namespace python_io
}  // namespace reflow
