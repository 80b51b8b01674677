#pragma once

// Datasets that others are made of.

#include "reflow/data/captured_function.h"
#include "reflow/data/dataset.h"

namespace reflow::ops {

// What `function` makes of each element, up to `num_parallel_calls` (-1: as many as there are threads) at once, with room
// for `num_results` of them.
data::DatasetRef parallel_mapped(data::ElementSpec spec, data::DatasetRef input, data::CapturedFunction function,
                                 int64_t num_parallel_calls, int64_t num_results, bool preserve_cardinality);

// Batches of `batch_size` elements.
data::DatasetRef batched(data::ElementSpec spec, data::DatasetRef input, int64_t batch_size, bool drop_remainder);

}  // namespace reflow::ops
