#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// A function of the program that runs the graph. It may be called on any thread, by several runs at once.
using HostFunction = std::function<std::vector<Tensor>(const std::vector<Tensor>& inputs)>;

struct PyFuncOptions {
  bool stateful = true;  // false: the same inputs give the same outputs
  std::string name;
};
// What `func` makes of the values of `inp` when it runs: tensors of the types `Tout`, whose shapes aren't known. The
// graph keeps the function; a GraphDef has only a number for it. It has no gradient.
// An exception ends the run: errors::OpError with its code, ValueError and TypeError as InvalidArgumentError,
// NotImplementedError as UnimplementedError, std::bad_alloc as ResourceExhaustedError, others as UnknownError.
// InvalidArgumentError too: not as many values, or of other types, than said.
std::vector<Output> py_func(HostFunction func, const TensorList& inp, const std::vector<DType>& Tout,
                            const PyFuncOptions& options = {});
inline std::vector<Output> numpy_function(HostFunction func, const TensorList& inp, const std::vector<DType>& Tout,
                                          const NameOptions& options = {}) {
  return py_func(std::move(func), inp, Tout, {.stateful = true, .name = options.name});
}

}  // namespace reflow
