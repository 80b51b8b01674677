#pragma once

#include <cstdint>
#include <string>

#include "reflow/client/output.h"

namespace reflow::train {

// Adds a summary of which part of `whole` the number `size` is: how full a queue is.
void fraction_summary(const std::string& tag, const Output& size, int64_t whole);

}  // namespace reflow::train
