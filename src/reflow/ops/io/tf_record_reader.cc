// TFRecordReader: the records of TFRecord files.

#include "reflow/io/record_reader.h"
#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class TfRecordReader : public Reader {
 public:
  static constexpr const char* kKind = "TFRecordReader";
  struct Options {
    explicit Options(KernelInit& c) {
      StatusOr<io::Compression> found = io::compression_from_name(c.attr<std::string>("compression_type"));
      if (found.ok()) compression = *found;
      else c.fail(found.status());
    }
    io::Compression compression = io::Compression::kNone;
  };
  TfRecordReader(std::string name, const Options& options)
      : Reader(std::move(name)), compression_(options.compression) {}

 protected:
  Status begin_work() override {
    ASSIGN_OR_RETURN(records_, io::RecordReader::open(current_work(), compression_));
    return OkStatus();
  }
  Status next(Record* record) override {
    std::string key = fmt::format("{}:{}", current_work(), records_->offset());
    std::string_view value;
    const Status status = records_->next(&value);
    record->at_end = status.code() == StatusCode::kOutOfRange;
    if (!status.ok()) return record->at_end ? OkStatus() : status;
    record->key = std::move(key);
    record->value = value;
    record->produced = true;
    return OkStatus();
  }
  void end_work() override { records_.reset(); }

 private:
  const io::Compression compression_;
  std::unique_ptr<io::RecordReader> records_;
};

#define TF_RECORD_READER                                                                                          \
  READER_ATTRS                                                                                                    \
      .attr("compression_type: string = ''")                                                                      \
      .kernel<ReaderHandle<TfRecordReader>>(kCpu)                                                                 \
      .sets_outputs()                                                                                             \
      .doc("A reader of the records of the TFRecord files that a queue names, compressed by \"ZLIB\", \"GZIP\" or " \
           "not. Keys are FILE:OFFSET, of the decompressed bytes.")

REFLOW_OP("TFRecordReaderV2").output("reader_handle: resource") TF_RECORD_READER;
REFLOW_OP("TFRecordReader").output("reader_handle: Ref(string)") TF_RECORD_READER.not_differentiable().deprecated(26, "Use TFRecordReaderV2");

}  // namespace
}  // namespace reflow::ops
