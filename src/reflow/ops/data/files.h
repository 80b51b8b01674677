#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reflow/data/dataset_op.h"
#include "reflow/io/input_stream.h"

namespace reflow::ops {

// The strings that a file is made of, in order.
class FileReader {
 public:
  virtual ~FileReader() = default;
  // False: there are none any more.
  virtual StatusOr<bool> next(std::string* record) = 0;
};

// The strings of several files, one file after the other, each opened when it comes to it.
class FileDataset : public data::Source {
 public:
  FileDataset(std::string kind, std::vector<std::string> filenames)
      : Source(std::move(kind), {{DType::kString}, {Shape{}}}), filenames_(std::move(filenames)) {}

 protected:
  virtual StatusOr<std::unique_ptr<FileReader>> open(const std::string& filename) const = 0;

 private:
  class Pass;
  std::unique_ptr<data::Iterator> make_iterator(std::string prefix) const override;
  const std::vector<std::string> filenames_;
};

// Input 0, a scalar or vector of names. InvalidArgument: "`filenames` must be a scalar or a vector.".
StatusOr<std::vector<std::string>> filenames_input(op::KernelContext& c);
// Input i, the name of a compression. InvalidArgument: "Unsupported compression_type.".
StatusOr<io::Compression> compression_input(op::KernelContext& c, int i);

}  // namespace reflow::ops
