#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/bundle_reader.h"
#include "reflow/formats/slice_file_reader.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Reads whole tensors from a checkpoint, V2 or V1. Thread-safe after open().
class CheckpointReader {
 public:
  // V2 where PREFIX.index is there, else V1. Errors as of BundleReader and SliceFileReader.
  static StatusOr<std::unique_ptr<CheckpointReader>> open(std::string_view prefix);

  struct TensorInfo {
    std::string name;
    DType dtype = DType::kInvalid;
    Shape shape;
  };
  // By name.
  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  // Null where there is no such tensor.
  const TensorInfo* find(std::string_view name) const;
  // NotFound: "Key ... not found in checkpoint".
  StatusOr<Tensor> read(std::string_view name) const;
  // A line for each tensor: "weights (DT_FLOAT) [784,10]". Of one that lies in slices: V2 has a line for each slice, V1 says
  // how many there are.
  std::string debug_string() const;

  // The one of the two that there is.
  const BundleReader* bundle() const { return bundle_.get(); }
  const SliceFileReader* slice_files() const { return slice_files_.get(); }

 private:
  std::unique_ptr<BundleReader> bundle_;
  std::unique_ptr<SliceFileReader> slice_files_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace reflow::formats
