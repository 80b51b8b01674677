// TextLineDataset: the lines of files.

#include "reflow/io/buffered_input.h"
#include "reflow/ops/data/files.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class Lines : public FileReader {
 public:
  explicit Lines(std::unique_ptr<io::InputStream> stream) : input_(std::move(stream)) {}
  StatusOr<bool> next(std::string* line) override {
    ASSIGN_OR_RETURN(const bool more, input_.read_line(line));
    if (more) std::erase(*line, '\r');
    return more;
  }

 private:
  io::BufferedInput input_;
};

class TextLineDataset : public FileDataset {
 public:
  TextLineDataset(std::vector<std::string> filenames, io::Compression compression)
      : FileDataset("TextLine", std::move(filenames)), compression_(compression) {}

 protected:
  StatusOr<std::unique_ptr<FileReader>> open(const std::string& filename) const override {
    ASSIGN_OR_RETURN(std::unique_ptr<io::InputStream> stream, io::open_input(filename, compression_));
    return std::make_unique<Lines>(std::move(stream));
  }

 private:
  const io::Compression compression_;
};

class TextLineKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<std::string> filenames, filenames_input(c));
    ASSIGN_OR_RETURN(const io::Compression compression, compression_input(c, 1));
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 2, "buffer_size"));
    if (buffer_size < 0) return invalid_argument("`buffer_size` must be >= 0 (0 == default)");
    return std::make_shared<TextLineDataset>(std::move(filenames), compression);
  }
};

const OpRegistrar text_line(dataset_op("TextLineDataset")
                                .input("filenames: string")
                                .input("compression_type: string")
                                .input("buffer_size: int64")
                                .output("handle: variant")
                                .stateful()
                                .doc("The lines of the files, without their ends. The files are compressed by \"ZLIB\", \"GZIP\" "
                                     "or not.")
                                .kernel<TextLineKernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
