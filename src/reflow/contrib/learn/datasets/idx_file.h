#pragma once

// The idx files of MNIST (big-endian header: magic number, dimensions; then bytes), plain or compressed by gzip.
// http://yann.lecun.com/exdb/mnist

#include <cstdint>
#include <string>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::contrib::learn::datasets {

// Images of an idx3 file: [n, rows, columns, 1], uint8, or float32 from 0 to 1, scaled while the file is read, so that
// the bytes never stand beside them. NotFound: no such file. InvalidArgument: wrong magic number. DataLoss: the file ends
// early, goes on behind its data, or its checksum is wrong.
StatusOr<Tensor> read_idx_images(const std::string& path, DType dtype = DType::kUint8);

// n pixels times 1/255, as NumPy's multiply of float32 by that double.
void scale_pixels(const uint8_t* pixels, int64_t n, float* to);

// Labels of an idx1 file: uint8 [n], or, where `one_hot`, double [n, num_classes]. Errors as above, and InvalidArgument
// for a label that is no class.
StatusOr<Tensor> read_idx_labels(const std::string& path, bool one_hot, int num_classes = 10);

}  // namespace reflow::contrib::learn::datasets
