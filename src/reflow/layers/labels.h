#pragma once

// Labels of metrics at k, dense or sparse. Not for users.

#include <string>

#include "reflow/client/set_ops.h"

namespace reflow::metrics {

// Labels that are a tensor or sparse already.
sets::SetLike converted(const sets::SetLike& labels);
// Those that are `class_id`, as sparse rows.
SparseTensor only_class(const sets::SetLike& ids, int64_t class_id);
// With a last dimension of 1 where they have one dimension less than `predictions`. ValueError: other ranks.
sets::SetLike expand_labels(const sets::SetLike& labels, const Output& predictions);
// With -1 in place of those that are too large for a class.
sets::SetLike in_range(const sets::SetLike& labels, const Output& num_classes);
// Repeated along a new dimension before the last one.
sets::SetLike repeat_rows(const sets::SetLike& labels, int64_t multiple, const std::string& name);
// How many labels each row has, at most k.
Output number_of_relevant(const sets::SetLike& labels, int64_t k);

}  // namespace reflow::metrics
