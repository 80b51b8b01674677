#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// A function of the program that runs the graph: what PyFunc calls. The inputs are lent for the call.
using HostFunction = std::function<Status(std::span<const Tensor> inputs, std::vector<Tensor>* outputs)>;

// The functions that PyFunc ops name by their token, for the whole process. Thread-safe.
// A new token for `function`.
std::string add_host_function(HostFunction function);
// Forgets the function; a PyFunc that names it fails from then on.
void remove_host_function(std::string_view token);
// InvalidArgument: no function of this token ("callback pyfunc_0 is not found").
Status call_host_function(std::string_view token, std::span<const Tensor> inputs, std::vector<Tensor>* outputs);

}  // namespace reflow::op
