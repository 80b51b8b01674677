#pragma once

#include <vector>

#include "reflow/op/gradient.h"

namespace reflow::op {

// Says, while it lives, of which inputs of `node`, which is being differentiated on its thread, nobody wants the gradient:
// tapes know that, tf.gradients computes all.
class SkippedInputs {
 public:
  SkippedInputs(const Node& node, std::vector<bool> skipped);
  ~SkippedInputs();
  SkippedInputs(const SkippedInputs&) = delete;

 private:
  friend bool skips(const GradContext& g, int i);
  const Node& node_;
  std::vector<bool> skipped_;
  SkippedInputs* outer_;
};

// Does nobody want dL/dx(i)? Then a gradient function may leave it alone.
bool skips(const GradContext& g, int i);

}  // namespace reflow::op
