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

io::RecordWriterOptions writer_options(const TFRecordOptions& options) {
  io::RecordWriterOptions result{.compression = value_of(io::compression_from_name(options.compression_type_string()))};
  io::ZlibOptions& zlib = result.zlib;
  zlib.flush_mode = options.flush_mode.value_or(zlib.flush_mode);
  zlib.window_bits = options.window_bits.value_or(zlib.window_bits);
  zlib.compression_level = options.compression_level.value_or(zlib.compression_level);
  zlib.compression_method = options.compression_method.value_or(zlib.compression_method);
  zlib.memory_level = options.mem_level.value_or(zlib.memory_level);
  zlib.compression_strategy = options.compression_strategy.value_or(zlib.compression_strategy);
  if (options.output_buffer_size) zlib.buffer_bytes = static_cast<size_t>(*options.output_buffer_size);
  return result;
}

}  // namespace

std::string TFRecordOptions::compression_type_string() const {
  switch (compression_type) {
    case TFRecordCompressionType::ZLIB: return "ZLIB";
    case TFRecordCompressionType::GZIP: return "GZIP";
    default: return "";
  }
}

struct TFRecordWriter::State {
  std::unique_ptr<io::RecordWriter> writer;
};

TFRecordWriter::TFRecordWriter(const std::string& path, const std::string& compression_type)
    : state_(new State{value_of(io::RecordWriter::open(
          path, {.compression = value_of(io::compression_from_name(compression_type))}))}) {}
TFRecordWriter::TFRecordWriter(const std::string& path, const TFRecordOptions& options)
    : state_(new State{value_of(io::RecordWriter::open(path, writer_options(options)))}) {}
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
