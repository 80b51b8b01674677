#pragma once

#include <string>

#include "reflow/formats/slice_file_reader.h"
#include "reflow/op/op.h"

namespace reflow::ops {

// The tensor `name` of a checkpoint V1, or the part of it that `shape_and_slice` says ("": all). InvalidArgument in
// TensorFlow's words: another type or shape than was saved. NotFound: it wasn't.
StatusOr<Tensor> restore_from_slices(const formats::SliceFileReader& reader, const std::string& name, DType dtype,
                                     const std::string& shape_and_slice);

}  // namespace reflow::ops
