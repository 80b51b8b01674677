#include "reflow/train/fraction_summary.h"

#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/summary/summary.h"

namespace reflow::train {

void fraction_summary(const std::string& tag, const Output& size, int64_t whole) {
  summary::scalar(tag, cast(size, float32) * (1. / static_cast<double>(whole)));
}

}  // namespace reflow::train
