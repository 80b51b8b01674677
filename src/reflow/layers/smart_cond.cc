#include "reflow/layers/smart_cond.h"

namespace reflow::layers {

std::optional<bool> smart_constant_value(const TensorLike& pred) {
  if (const auto* value = std::get_if<bool>(&pred.value())) return *value;
  if (const auto* number = std::get_if<int64_t>(&pred.value()); number && (*number == 0 || *number == 1)) {
    return *number == 1;
  }
  const Output* output = pred.output();
  if (!output) return std::nullopt;
  const Tensor value = constant_value(*output);
  if (!value.valid() || value.dtype() != DType::kBool) return std::nullopt;
  return *value.data<bool>();
}

}  // namespace reflow::layers
