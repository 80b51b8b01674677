#include "reflow/train/checkpoint_history.h"

#include <algorithm>
#include <exception>

#include "reflow/base/clock.h"
#include "reflow/base/logging.h"
#include "reflow/train/checkpoint_management.h"

namespace reflow::train {
namespace {
double now_s() { return 1e-6 * static_cast<double>(wall_time_us()); }
}  // namespace

CheckpointHistory::CheckpointHistory(int max_to_keep, double keep_checkpoint_every_n_hours, CheckpointFormat version)
    : max_to_keep_(max_to_keep),
      keep_every_s_(3600 * keep_checkpoint_every_n_hours),
      next_kept_time_(now_s() + keep_every_s_),
      version_(version) {}

void CheckpointHistory::record(const std::string& path) {
  if (max_to_keep_ == 0) return;
  std::erase_if(entries_, [&](const Entry& e) { return e.first == path; });
  entries_.emplace_back(path, now_s());
  if (entries_.size() <= static_cast<size_t>(std::max(max_to_keep_, 0))) return;
  pushed_out_.push_back(entries_.front());
  entries_.erase(entries_.begin());
}

void CheckpointHistory::delete_old(const std::string& meta_graph_suffix) {
  if (pushed_out_.empty()) return;
  const Entry old = pushed_out_.front();
  pushed_out_.erase(pushed_out_.begin());
  if (old.second > next_kept_time_) {
    next_kept_time_ += keep_every_s_;
    return;
  }
  try {
    remove_checkpoint(old.first, version_, meta_graph_suffix);
  } catch (const std::exception& e) {
    log_warning("Ignoring: {}", e.what());
  }
}

std::vector<std::string> CheckpointHistory::paths() const {
  std::vector<std::string> paths;
  for (const Entry& e : entries_) paths.push_back(e.first);
  return paths;
}

void CheckpointHistory::recover(const std::vector<std::string>& paths) {
  std::vector<Entry> entries;
  for (const std::string& path : paths) {
    for (const double time : get_checkpoint_mtimes({path})) entries.emplace_back(path, time);
  }
  entries_ = std::move(entries);
}

}  // namespace reflow::train
