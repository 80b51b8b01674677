#pragma once

#include <string>

#include "tensorflow/core/framework/function.pb.h"

namespace reflow::graph {

// What TensorFlow 1.15 puts behind the name of a function that is to be told from others of its name: a hash of its
// arguments, nodes and results in eleven letters and digits, "o3FGAa4mBS0". Name and attributes don't count.
std::string function_hash(const tensorflow::FunctionDef& function);

}  // namespace reflow::graph
