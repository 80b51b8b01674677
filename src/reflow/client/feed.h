#pragma once

// Values of feeds. Not for users.

#include "reflow/client/session.h"

namespace reflow::client {

// The value of `feed` with the type of its key; a Tensor of that type as it is.
// TypeError and ValueError in TensorFlow's words: a symbolic value, a type or shape that doesn't fit.
Tensor feed_value(const Feed& feed);

// Checks the type and shape of `value` for `key`.
void check_fed(const GraphElement& key, const Tensor& value);

}  // namespace reflow::client
