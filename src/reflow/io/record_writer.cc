#include "reflow/io/record_writer.h"

#include <utility>

#include "reflow/io/record_format.h"

namespace reflow::io {
namespace {

Status closed() { return failed_precondition("Writer not initialized or previously closed"); }

}  // namespace

StatusOr<std::unique_ptr<RecordWriter>> RecordWriter::open(std::string_view path, const RecordWriterOptions& options,
                                                           WritableFile::Mode mode) {
  std::unique_ptr<RecordWriter> writer(new RecordWriter);
  ASSIGN_OR_RETURN(writer->file_, WritableFile::open(path, mode));
  if (options.compression != Compression::kNone) {
    ZlibOptions zlib = options.zlib;
    if (options.compression == Compression::kGzip && zlib.window_bits > 0 && zlib.window_bits <= 15) zlib.window_bits += 16;
    ASSIGN_OR_RETURN(writer->zlib_, ZlibOutput::create(writer->file_.get(), zlib));
  }
  return writer;
}

RecordWriter::~RecordWriter() {
  if (file_) (void)close();
}

Status RecordWriter::write(std::string_view record) {
  if (!file_) return closed();
  const RecordFrame frame(record);
  RETURN_IF_ERROR(append({frame.header, sizeof frame.header}));
  RETURN_IF_ERROR(append(record));
  return append({frame.footer, sizeof frame.footer});
}

Status RecordWriter::flush() {
  if (!file_) return closed();
  return zlib_ ? zlib_->flush() : file_->flush();
}

Status RecordWriter::close() {
  if (!file_) return closed();
  Status status = zlib_ ? zlib_->finish() : OkStatus();
  const Status file_status = file_->close();
  if (status.ok()) status = file_status;
  zlib_ = nullptr;
  file_ = nullptr;
  return status;
}

}  // namespace reflow::io
