#pragma once

// tf.queue. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/queue.h"

namespace reflow::queue {

using reflow::FIFOQueue;
using reflow::PaddingFIFOQueue;
using reflow::PriorityQueue;
using reflow::RandomShuffleQueue;

}  // namespace reflow::queue
