#include "reflow/client/eager.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/graph/immediate.h"

namespace reflow {

bool eager_bool(const TensorLike& condition) {
  const Tensor value = constant_value(client::convert(condition, DType::kInvalid, "pred"));
  if (value.num_elements() != 1) {
    throw ValueError(
        "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()");
  }
  bool truth = false;
  const bool known = with_type(kPlainTypes, value.dtype(), [&]<typename T>() {
    if constexpr (requires(T t) { static_cast<float>(t); }) truth = static_cast<float>(value.item<T>()) != 0;
    else truth = value.item<T>() != T();
  });
  if (!known) throw TypeError("A tensor of type " + dtype_name(value.dtype()) + " is no condition");
  return truth;
}

}  // namespace reflow
