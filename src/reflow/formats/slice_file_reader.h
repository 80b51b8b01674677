#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/tensor_slice.h"
#include "reflow/io/table.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Reads tensors from a checkpoint V1 (docs/formats/checkpoint.md), of any number of files. Thread-safe after open().
class SliceFileReader {
 public:
  // Opens all files that match `pattern` ("model", "model-?????-of-00003"). Errors in TensorFlow's words. NotFound:
  // "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ...". DataLoss: "Unable to open
  // table file ...".
  static StatusOr<std::unique_ptr<SliceFileReader>> open(std::string_view pattern);

  struct SavedTensor {
    Shape shape;
    DType dtype = DType::kInvalid;
    std::vector<std::pair<TensorSlice, size_t>> slices;  // and the file that each is in
  };
  // By name.
  const std::map<std::string, SavedTensor, std::less<>>& tensors() const { return tensors_; }
  // The tensor, or the part of it that `slice` is. NotFound; InvalidArgument: "Error copying slice data", not all of it
  // was saved.
  StatusOr<Tensor> read(std::string_view name, const std::optional<TensorSlice>& slice = std::nullopt) const;
  const std::string& pattern() const { return pattern_; }

 private:
  explicit SliceFileReader(std::string pattern) : pattern_(std::move(pattern)) {}
  Status load(const std::string& path);
  StatusOr<Tensor> read_slice(std::string_view name, const SavedTensor& tensor, const TensorSlice& slice, size_t file) const;

  std::string pattern_;
  std::vector<std::string> paths_;
  std::vector<std::shared_ptr<const io::Table>> tables_;
  std::map<std::string, SavedTensor, std::less<>> tensors_;
};

}  // namespace reflow::formats
