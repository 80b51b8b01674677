#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/formats/tensor_slice.h"
#include "reflow/io/staged_file.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Writes a checkpoint V1 (docs/formats/checkpoint.md): one file, in which all that is known of slices comes first. The
// file appears when finish() is called. Not thread-safe.
class SliceFileWriter {
 public:
  static StatusOr<std::unique_ptr<SliceFileWriter>> create(std::string_view path);
  ~SliceFileWriter();
  // Adds the part `slice` of a tensor of `shape`. Internal: shape or type is another one than before. InvalidArgument: more
  // than the 2 GB that V1 has room for. Unimplemented: bfloat16, uint32 and uint64, which TensorFlow's V1 hasn't.
  Status add(std::string_view name, const Shape& shape, const TensorSlice& slice, const Tensor& tensor);
  Status finish();

 private:
  struct Metadata;
  explicit SliceFileWriter(std::unique_ptr<io::StagedFile> file);
  std::unique_ptr<io::StagedFile> file_;
  std::unique_ptr<Metadata> metadata_;
  std::map<std::string, std::string> values_;  // by slice_key
};

}  // namespace reflow::formats
