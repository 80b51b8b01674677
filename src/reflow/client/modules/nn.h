#pragma once

// tf.nn: what client/nn_ops.h and its like do not have. What other headers have in namespace reflow by the names of
// this module.

#include "reflow/client/block_ops.h"
#include "reflow/client/candidate_samplers.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/ctc_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/sampled_losses.h"
#include "reflow/client/statistics_ops.h"

namespace reflow::nn {

using reflow::depth_to_space;
using reflow::space_to_batch;
using reflow::space_to_depth;

}  // namespace reflow::nn
