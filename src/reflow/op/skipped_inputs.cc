#include "reflow/op/skipped_inputs.h"

#include <utility>

namespace reflow::op {
namespace {

thread_local SkippedInputs* current_skipped_inputs = nullptr;

}  // namespace

SkippedInputs::SkippedInputs(const Node& node, std::vector<bool> skipped)
    : node_(node), skipped_(std::move(skipped)), outer_(std::exchange(current_skipped_inputs, this)) {}

SkippedInputs::~SkippedInputs() { current_skipped_inputs = outer_; }

bool skips(const GradContext& g, int i) {
  const SkippedInputs* const current = current_skipped_inputs;
  return current && &current->node_ == &g.node() && current->skipped_[i];
}

}  // namespace reflow::op
