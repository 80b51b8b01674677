#pragma once

// tf.data. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/dataset.h"

namespace reflow::data {

using reflow::Dataset;
using reflow::FixedLengthRecordDataset;
using reflow::Iterator;
using reflow::TFRecordDataset;
using reflow::TextLineDataset;

}  // namespace reflow::data
