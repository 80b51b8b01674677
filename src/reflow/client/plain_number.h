#pragma once

#include <optional>

#include "reflow/client/tensor_like.h"

namespace reflow::client {

// A plain number, with which Python calculates before there is a tensor; nothing: it is none.
std::optional<double> number_of(const TensorLike& value);

}  // namespace reflow::client
