#include "reflow/client/tf_record.h"

#include <utility>

#include "reflow/client/status_errors.h"
#include "reflow/io/record_reader.h"
#include "reflow/io/record_writer.h"

namespace reflow::python_io {
namespace {

template <typename T>
T value_of(StatusOr<T> value) {
  errors::throw_if_error(value.status());
  return *std::move(value);
}

}  // namespace

struct TFRecordWriter::State {
  std::unique_ptr<io::RecordWriter> writer;
};

TFRecordWriter::TFRecordWriter(const std::string& path, const std::string& compression_type)
    : state_(new State{value_of(io::RecordWriter::open(
          path, {.compression = value_of(io::compression_from_name(compression_type))}))}) {}
TFRecordWriter::~TFRecordWriter() = default;
void TFRecordWriter::write(std::string_view record) { errors::throw_if_error(state_->writer->write(record)); }
void TFRecordWriter::flush() { errors::throw_if_error(state_->writer->flush()); }
void TFRecordWriter::close() { errors::throw_if_error(state_->writer->close()); }

struct TFRecordIterator::State {
  std::unique_ptr<io::RecordReader> reader;
};

TFRecordIterator::TFRecordIterator(const std::string& path, const std::string& compression_type)
    : state_(new State{value_of(io::RecordReader::open(path, value_of(io::compression_from_name(compression_type))))}) {}
TFRecordIterator::~TFRecordIterator() = default;

bool TFRecordIterator::next(std::string_view* record) {
  const Status status = state_->reader->next(record);
  if (status.code() == StatusCode::kOutOfRange) return false;
  errors::throw_if_error(status);
  return true;
}

}  // namespace reflow::python_io
