#pragma once

#include <cstdint>
#include <string>

#include "reflow/tensor/tensor.h"

namespace reflow {

// "[[1 2 ... 8 9]\n [1 2 ... 8 9]\n ...]": as tf.print and tf.strings.format print a tensor, at most `ends` elements at
// each end of a dimension, all where that is negative. Strings are quoted. Tensor::summarize() is the other form.
std::string summarize_ends(const Tensor& t, int64_t ends);

}  // namespace reflow
