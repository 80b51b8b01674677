#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "grow_stats.h"
#include "hash_ordered.h"
#include "reflow/op/resource_manager.h"

namespace reflow::ops::forest {

// The statistics of the leaves of a tree that may still be split.
class FertileStats {
 public:
  // InvalidArgument: "Unable to parse stats config.", where the bytes are no FertileStats, or of other statistics than `params` say.
  // Of "" those of a root. See ForestParams::check_stats.
  static StatusOr<FertileStats> parse(const std::string& bytes, std::shared_ptr<const ForestParams> params);
  // Without what was counted, unless the params ask for it.
  std::string serialize() const;

  // Statistics of a leaf. InvalidArgument: there are none.
  StatusOr<GrowStats*> at(int32_t node);
  // Begins anew.
  void reset(int32_t node, int32_t depth) { slots_[node] = GrowStats::make(*params_, depth); }
  void remove(int32_t node) { slots_.erase(node); }
  const ForestParams& params() const { return *params_; }

 private:
  std::vector<FertileSlot> save() const;
  std::shared_ptr<const ForestParams> params_;
  HashOrdered<std::unique_ptr<GrowStats>> slots_;
};

// The statistics that ops share. Who reads or changes them holds `mutex`, and takes it before that of a tree.
class FertileStatsResource : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow12tensorforest20FertileStatsResourceE";
  explicit FertileStatsResource(FertileStats first) : stats(std::move(first)) {}
  std::string debug_string() const override { return "FertileStats"; }

  std::mutex mutex;
  FertileStats stats;
};

}  // namespace reflow::ops::forest
