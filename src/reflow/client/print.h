#pragma once

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct PrintTensorsOptions {
  std::string output_stream = "stderr";  // or "stdout", "log(info)", "log(warning)", "log(error)", "file://PATH"
  int64_t summarize = 3;                 // so many elements at both ends of each dimension; -1: all
  std::string sep = " ";
  std::string end = "\n";
  std::string name;
};
// An operation that prints its arguments, tensors by their values and text as it is: tf::print({"step:", step, loss}).
// Nothing runs it by itself: have others wait for it. ValueError: another stream.
Operation print(const TensorList& inputs, const PrintTensorsOptions& options = {});

}  // namespace reflow
