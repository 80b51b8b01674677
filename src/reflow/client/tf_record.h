#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reflow/formats/example_builder.h"

namespace reflow {

namespace train {
// Builds serialized Examples without message objects.
using ExampleBuilder = formats::ExampleBuilder;
}  // namespace train

namespace python_io {

// Writes records to a TFRecord file; compression_type is "", "ZLIB" or "GZIP". Errors are those of tf.errors. Not
// thread-safe.
class TFRecordWriter {
 public:
  explicit TFRecordWriter(const std::string& path, const std::string& compression_type = "");
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

}  // namespace python_io
}  // namespace reflow
