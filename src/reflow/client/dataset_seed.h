#pragma once

// The seeds of datasets. Not for users.

#include <cstdint>
#include <optional>
#include <utility>

#include "reflow/client/output.h"

namespace reflow::client {

// The int64 tensors `seed` and `seed2` of a dataset with the seed `op_seed`, as tf.data makes them; both are 0 where there
// is no seed at all.
std::pair<Output, Output> dataset_seed(std::optional<int64_t> op_seed);

}  // namespace reflow::client
