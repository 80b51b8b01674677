#pragma once

#include <string>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::tools {

// Arrays as NumPy saves them, versions 1 to 3, C order and little endian, of numbers, booleans and byte strings.
// NotFound: no such file. DataLoss: it is no .npy file, or not complete. Unimplemented: Fortran order, other types.
StatusOr<Tensor> read_npy(const std::string& path);
// Strings are written as byte strings of the longest one's length.
Status write_npy(const std::string& path, const Tensor& tensor);

}  // namespace reflow::tools
