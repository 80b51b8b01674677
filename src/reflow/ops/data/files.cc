#include "reflow/ops/data/files.h"

namespace reflow::ops {

using namespace ::reflow::data;
using namespace ::reflow::op;

class FileDataset::Pass : public IteratorOver<FileDataset> {
 public:
  using IteratorOver::IteratorOver;
  Status next(IteratorContext& c, Element* element, bool* end) override {
    while (true) {
      if (reader_ != nullptr) {
        std::string record;
        auto more = reader_->next(&record);
        if (!more.ok()) {
          // TensorFlow goes on with the next file, too.
          close();
          return more.status();
        }
        if (*more) {
          *end = false;
          element->push_back(Tensor::scalar(std::move(record)));
          return OkStatus();
        }
        close();
      }
      *end = file_ == dataset().filenames_.size();
      if (*end) return OkStatus();
      RETURN_IF_ERROR(c.check());
      auto opened = dataset().open(dataset().filenames_[file_]);
      if (!opened.ok()) {
        close();
        return opened.status();
      }
      reader_ = *std::move(opened);
    }
  }

 private:
  void close() {
    reader_.reset();
    ++file_;
  }
  size_t file_ = 0;
  std::unique_ptr<FileReader> reader_;
};

std::unique_ptr<Iterator> FileDataset::make_iterator(std::string prefix) const {
  return std::make_unique<Pass>(this, std::move(prefix));
}

StatusOr<std::vector<std::string>> filenames_input(KernelContext& c) {
  const Tensor& names = c.input(0);
  if (names.rank() > 1) return invalid_argument("`filenames` must be a scalar or a vector.");
  return std::vector<std::string>(names.flat<std::string>().begin(), names.flat<std::string>().end());
}

StatusOr<io::Compression> compression_input(KernelContext& c, int i) {
  ASSIGN_OR_RETURN(const std::string name, scalar_input<std::string>(c, i, "compression_type"));
  const auto compression = io::compression_from_name(name);
  if (!compression.ok()) return invalid_argument("Unsupported compression_type.");
  return *compression;
}

}  // namespace reflow::ops
