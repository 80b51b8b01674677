#pragma once

#include "reflow/data/dataset.h"

namespace reflow::ops {

// `input` with a thread of its own that makes up to `buffer_size` elements ahead; -1: as many as it pays.
data::DatasetRef prefetched(data::DatasetRef input, int64_t buffer_size);

}  // namespace reflow::ops
