// TFRecordDataset: the records of TFRecord files.

#include "reflow/io/record_reader.h"
#include "reflow/ops/data/files.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class Records : public FileReader {
 public:
  explicit Records(std::unique_ptr<io::RecordReader> reader) : reader_(std::move(reader)) {}
  StatusOr<bool> next(std::string* record) override {
    std::string_view view;
    const Status status = reader_->next(&view);
    if (status.code() == StatusCode::kOutOfRange) return false;
    RETURN_IF_ERROR(status);
    *record = view;
    return true;
  }

 private:
  std::unique_ptr<io::RecordReader> reader_;
};

class TfRecordDataset : public FileDataset {
 public:
  TfRecordDataset(std::vector<std::string> filenames, io::Compression compression)
      : FileDataset("TFRecord", std::move(filenames)), compression_(compression) {}

 protected:
  StatusOr<std::unique_ptr<FileReader>> open(const std::string& filename) const override {
    ASSIGN_OR_RETURN(std::unique_ptr<io::RecordReader> reader, io::RecordReader::open(filename, compression_));
    return std::make_unique<Records>(std::move(reader));
  }

 private:
  const io::Compression compression_;
};

class TfRecordKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<std::string> filenames, filenames_input(c));
    ASSIGN_OR_RETURN(const std::string name, scalar_input<std::string>(c, 1, "compression_type"));
    // As in TensorFlow other names mean none.
    const io::Compression compression = name == "ZLIB"   ? io::Compression::kZlib
                                        : name == "GZIP" ? io::Compression::kGzip
                                                         : io::Compression::kNone;
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 2, "buffer_size"));
    if (buffer_size < 0) return invalid_argument("`buffer_size` must be >= 0 (0 == no buffering)");
    return std::make_shared<TfRecordDataset>(std::move(filenames), compression);
  }
};

const OpRegistrar tf_record(dataset_op("TFRecordDataset")
                                .input("filenames: string")
                                .input("compression_type: string")
                                .input("buffer_size: int64")
                                .output("handle: variant")
                                .stateful()
                                .doc("The records of TFRecord files, which are compressed by \"ZLIB\", \"GZIP\" or not.")
                                .kernel<TfRecordKernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
