#pragma once

#include <string>

#include "reflow/tensor/tensor.h"
#include "tests/kit/npz.h"

namespace reflow::testing {

// An array of a golden file as a tensor.
Tensor to_tensor(const Array& array);

// The tensor behind `reference` of a kernels/*.json file.
Tensor referenced_tensor(const Npz& npz, const nlohmann::json& reference);

// How far floats may be off: by `relative` of the wanted value, and by `of_largest` of the largest one in the tensor
// (sums that nearly cancel). Integers, bools and strings have to be equal, NaN equals NaN.
struct Tolerance {
  double relative, of_largest;
};
// 1e-5 for float, 1e-12 for double, a unit in the last place for half and bfloat16.
Tolerance default_tolerance(DType type);

// "" when `got` is `want`, else what differs: the type, the shape, or the worst element.
std::string difference(const Tensor& got, const Tensor& want, Tolerance tolerance);
inline std::string difference(const Tensor& got, const Tensor& want) {
  return difference(got, want, default_tolerance(want.dtype()));
}

}  // namespace reflow::testing
