#include "reflow/client/root_names.h"

#include <atomic>

#include "reflow/base/version.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/indexing.h"
#include "reflow/client/resource_variables.h"
#include "reflow/client/status_errors.h"
#include "reflow/tensor/serialized_tensor_proto.h"

namespace reflow {

const std::string_view VERSION = tensorflow_version();
const std::string_view GIT_VERSION = version();
const std::string_view COMPILER_VERSION = __VERSION__;

std::optional<int64_t> dimension_at_index(const Shape& shape, int index) {
  if (!shape.known_rank()) return std::nullopt;
  const int i = index < 0 ? shape.rank() + index : index;
  if (i < 0 || i >= shape.rank()) throw IndexError("list index out of range");
  return dimension_value(shape.dim(i));
}

TensorFunction grad_pass_through(TensorFunction f) {
  return [f = std::move(f)](const Output& x) {
    const CustomGradientFunction with_gradient = [&f](const std::vector<Output>& args) {
      return CustomGradient{.results = {f(args[0])},
                            .grad_fn = [](const std::vector<Output>& grads) { return std::vector<Gradient>{grads[0]}; },
                            .variables = {}};
    };
    return custom_gradient(with_gradient, {x})[0];
  };
}

Output vectorized_map(const MapFn& fn, const TensorLike& elems) { return map_fn(fn, elems, {.infer_shape = true}); }

std::vector<Output> vectorized_map(const MapListFn& fn, const TensorList& elems) {
  // The types of what it gives have to be known before the loop; nothing runs these ops.
  std::vector<Output> rows;
  for (const TensorLike& elem : elems) rows.push_back(convert_to_tensor(elem)[0]);
  std::vector<DType> types;
  for (const TensorLike& result : fn(rows)) types.push_back(base_type(convert_to_tensor(result).dtype()));
  return map_fn(fn, elems, {.dtype = types});
}

Output fingerprint(const TensorLike& data, const FingerprintOptions& options) {
  return client::apply_op("Fingerprint", options.name, {data, options.method});
}

std::string make_tensor_proto(const TensorLike& values, DType dtype, const std::optional<Shape>& shape) {
  Tensor tensor = client::to_tensor(values, dtype);
  if (shape) {
    if (tensor.num_elements() > shape->num_elements()) {
      throw ValueError("Too many elements provided. Needed at most " + std::to_string(shape->num_elements()) + ", but received " +
                       std::to_string(tensor.num_elements()));
    }
    tensor = client::fill_up(tensor, *shape);
  }
  return check_building(serialized_tensor(tensor, TensorForm::kPython));
}

Tensor make_ndarray(std::string_view tensor_proto) { return check_building(parsed_tensor(tensor_proto)); }

void enable_resource_variables() { client::use_resource_variables = true; }
void disable_resource_variables() { client::use_resource_variables = false; }
bool resource_variables_enabled() { return client::use_resource_variables; }

}  // namespace reflow
