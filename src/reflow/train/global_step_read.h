#pragma once

#include <cstdint>

#include "reflow/client/output.h"
#include "reflow/client/session.h"

namespace reflow::train {

// The tensor of the default graph that reads its global step, initialised or not, before a training step raises it; made
// when it is first asked for. Not valid(): there is no global step. RuntimeError: there are several such tensors.
Output get_or_create_global_step_read();
// The same for a hook. RuntimeError: "Global step should be created to use HOOK.".
Output global_step_read(const char* hook);

// The value of an integer scalar of 32 or 64 bits.
int64_t integer_value(const Tensor& value);

}  // namespace reflow::train
