// FixedLengthRecordDataset: records of one length, between a header and a footer.

#include <algorithm>

#include "reflow/io/buffered_input.h"
#include "reflow/io/file.h"
#include "reflow/ops/data/files.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct Layout {
  size_t header_bytes = 0, record_bytes = 0, footer_bytes = 0;
};

class FixedLengthRecords : public FileReader {
 public:
  FixedLengthRecords(std::unique_ptr<io::InputStream> stream, const Layout& layout)
      : input_(std::move(stream)), layout_(layout) {}
  StatusOr<bool> next(std::string* record) override {
    if (!std::exchange(begun_, true)) {
      ASSIGN_OR_RETURN(const std::string_view header, input_.peek(layout_.header_bytes));
      if (header.size() < layout_.header_bytes) return false;
      input_.skip(layout_.header_bytes);
    }
    ASSIGN_OR_RETURN(const std::string_view rest, input_.peek(layout_.record_bytes + layout_.footer_bytes));
    if (rest.size() < layout_.record_bytes + layout_.footer_bytes) return false;
    *record = rest.substr(0, layout_.record_bytes);
    input_.skip(layout_.record_bytes);
    return true;
  }

 private:
  io::BufferedInput input_;
  const Layout layout_;
  bool begun_ = false;
};

class FixedLengthRecordDataset : public FileDataset {
 public:
  FixedLengthRecordDataset(std::vector<std::string> filenames, Layout layout, io::Compression compression)
      : FileDataset("FixedLengthRecord", std::move(filenames)), layout_(layout), compression_(compression) {}

 protected:
  StatusOr<std::unique_ptr<FileReader>> open(const std::string& filename) const override {
    if (compression_ == io::Compression::kNone) RETURN_IF_ERROR(check_size(filename));
    ASSIGN_OR_RETURN(std::unique_ptr<io::InputStream> stream, io::open_input(filename, compression_));
    return std::make_unique<FixedLengthRecords>(std::move(stream), layout_);
  }

 private:
  Status check_size(const std::string& filename) const {
    ASSIGN_OR_RETURN(const std::unique_ptr<io::ReadableFile> file, io::ReadableFile::open(filename));
    ASSIGN_OR_RETURN(const uint64_t size, file->size());
    const uint64_t around = layout_.header_bytes + layout_.footer_bytes;
    const uint64_t body = size < around ? 0 : size - around;
    if (body % layout_.record_bytes == 0) return OkStatus();
    return invalid_argument("Excluding the header ({} bytes) and footer ({} bytes), input file \"{}\" has body length {} "
                            "bytes, which is not an exact multiple of the record length ({} bytes).", layout_.header_bytes,
                            layout_.footer_bytes, filename, body, layout_.record_bytes);
  }
  const Layout layout_;
  const io::Compression compression_;
};

class FixedLengthRecordKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<std::string> filenames, filenames_input(c));
    Layout layout;
    ASSIGN_OR_RETURN(layout.header_bytes, size_input(c, 1, "header_bytes", 0));
    ASSIGN_OR_RETURN(layout.record_bytes, size_input(c, 2, "record_bytes", 1));
    ASSIGN_OR_RETURN(layout.footer_bytes, size_input(c, 3, "footer_bytes", 0));
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 4, "buffer_size"));
    if (buffer_size < 0) return invalid_argument("`buffer_size` must be >= 0 (0 == default)");
    io::Compression compression = io::Compression::kNone;
    if (c.num_inputs() > 5) {
      ASSIGN_OR_RETURN(compression, compression_input(c, 5));
    }
    return std::make_shared<FixedLengthRecordDataset>(std::move(filenames), layout, compression);
  }

 private:
  static StatusOr<size_t> size_input(KernelContext& c, int i, std::string_view name, int64_t least) {
    ASSIGN_OR_RETURN(const int64_t size, scalar_input<int64_t>(c, i, name));
    if (size < least) return invalid_argument("`{}` must be >{} 0", name, least == 0 ? "=" : "");
    return static_cast<size_t>(std::min(size, int64_t{1} << 60));  // far more than any file has
  }
};

OpBuilder fixed_length_record_op(std::string_view name, bool compressed) {
  OpBuilder op = dataset_op(name)
                     .input("filenames: string")
                     .input("header_bytes: int64")
                     .input("record_bytes: int64")
                     .input("footer_bytes: int64")
                     .input("buffer_size: int64");
  OpBuilder all = compressed ? std::move(op).input("compression_type: string") : std::move(op);
  return std::move(all)
      .output("handle: variant")
      .stateful()
      .doc("The records of the files, `record_bytes` each. `header_bytes` and `footer_bytes` of each file are left out.")
      .kernel<FixedLengthRecordKernel>(kCpu);
}
const OpRegistrar fixed_length_record(fixed_length_record_op("FixedLengthRecordDataset", false));
const OpRegistrar fixed_length_record_v2(fixed_length_record_op("FixedLengthRecordDatasetV2", true));

}  // namespace
}  // namespace reflow::ops
