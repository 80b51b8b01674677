#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reflow/train/saver_builder.h"

namespace reflow::train {

// Which checkpoints a saver has written and keeps: the newest max_to_keep, and one of the older ones every
// keep_checkpoint_every_n_hours. Not thread-safe.
class CheckpointHistory {
 public:
  using Entry = std::pair<std::string, double>;  // a path, and when it was written, in seconds since 1970

  CheckpointHistory(int max_to_keep, double keep_checkpoint_every_n_hours, CheckpointFormat version);
  // Takes up a new checkpoint, which may push an old one out.
  void record(const std::string& path);
  // Deletes the files of one that was pushed out, unless it is to stay. Failures are warnings.
  void delete_old(const std::string& meta_graph_suffix = "meta");
  const std::vector<Entry>& entries() const { return entries_; }  // the oldest first
  std::vector<std::string> paths() const;
  void set_entries(std::vector<Entry> entries) { entries_ = std::move(entries); }
  // Those that are there, with the times of their files.
  void recover(const std::vector<std::string>& paths);

 private:
  int max_to_keep_;
  double keep_every_s_, next_kept_time_;
  CheckpointFormat version_;
  std::vector<Entry> entries_, pushed_out_;
};

}  // namespace reflow::train
