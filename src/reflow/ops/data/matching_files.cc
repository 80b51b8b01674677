// MatchingFilesDataset: the names of files that match patterns.

#include <algorithm>
#include <iterator>

#include "reflow/data/dataset_op.h"
#include "reflow/io/matching_files.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// The files are looked for when a pass is asked for the first.
class MatchingFilesDataset : public Source {
 public:
  explicit MatchingFilesDataset(std::vector<std::string> patterns)
      : Source("MatchingFiles", {{DType::kString}, {Shape{}}}), patterns_(std::move(patterns)) {}

 private:
  class Pass : public IteratorOver<MatchingFilesDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      if (!begun_) RETURN_IF_ERROR(find());
      *end = next_ == names_.size();
      if (!*end) element->push_back(Tensor::scalar(names_[next_++]));
      return OkStatus();
    }

   private:
    Status find() {
      names_.clear();
      for (const std::string& pattern : dataset().patterns_) {
        ASSIGN_OR_RETURN(std::vector<std::string> found, io::matching_files(pattern));
        names_.insert(names_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
      }
      std::sort(names_.begin(), names_.end());
      begun_ = !names_.empty();
      return begun_ ? OkStatus() : not_found("Don't find any matched files");
    }
    bool begun_ = false;
    std::vector<std::string> names_;
    size_t next_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<std::string> patterns_;
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    const Tensor& patterns = c.input(0);
    if (patterns.rank() > 1) return invalid_argument("`patterns` must be a scalar or a vector.");
    const auto names = patterns.flat<std::string>();
    return std::make_shared<MatchingFilesDataset>(std::vector<std::string>(names.begin(), names.end()));
  }
};

OpBuilder matching_files_op(std::string_view name) {
  return dataset_op(name)
      .input("patterns: string")
      .output("handle: variant")
      .stateful()
      .doc("The names of the files that match a pattern, or one of several, sorted. NotFound, in the pass: there are none.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar matching_files(matching_files_op("MatchingFilesDataset"));
const OpRegistrar experimental_matching_files(matching_files_op("ExperimentalMatchingFilesDataset"));

}  // namespace
}  // namespace reflow::ops
