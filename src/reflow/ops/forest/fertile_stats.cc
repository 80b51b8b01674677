#include "fertile_stats.h"

namespace reflow::ops::forest {

StatusOr<GrowStats*> FertileStats::at(int32_t node) {
  const auto* found = slots_.find(node);
  if (found == nullptr) return invalid_argument("There are no statistics of node {}", node);
  return found->get();
}

std::vector<FertileSlot> FertileStats::save() const {
  std::vector<FertileSlot> slots;
  for (const auto& [node, stats] : slots_) {
    FertileSlot& slot = slots.emplace_back();
    slot.node = node;
    slot.depth = stats->depth();
    if (params_->checkpoint_stats) stats->save(&slot);
  }
  return slots;
}

}  // namespace reflow::ops::forest
