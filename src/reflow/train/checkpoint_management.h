#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reflow/train/saver_builder.h"

namespace reflow::train {

// The files of checkpoints in a folder, and the file `checkpoint` that names them: names, arguments and messages are
// those of tensorflow.python.training.checkpoint_management. Other failures are tf::errors::OpError.

struct CheckpointState {
  std::string model_checkpoint_path;                    // the newest
  std::vector<std::string> all_model_checkpoint_paths;  // the oldest first
  std::vector<double> all_model_checkpoint_timestamps;  // seconds since 1970, of each; or none
  double last_preserved_timestamp = 0;
};

// What the file says, with paths that are relative there put below the folder. Unset: there is no such file, or it is none.
// ValueError: "Invalid checkpoint state loaded from ...", it names no checkpoint.
std::optional<CheckpointState> get_checkpoint_state(const std::string& checkpoint_dir,
                                                    const std::string& latest_filename = "checkpoint");

// The state for a folder: the newest path is put at the end of `all_model_checkpoint_paths` where it isn't there, and
// relative paths are made relative to `save_dir` where that is relative too. ValueError: as many timestamps as paths are
// needed.
CheckpointState generate_checkpoint_state(const std::string& save_dir, CheckpointState state);

struct UpdateCheckpointStateOptions {
  std::string latest_filename = "checkpoint";
  bool save_relative_paths = false;  // absolute ones as well are made relative to the folder
};
// Writes the file, at once for readers. RuntimeError: "Save path '...' conflicts with path used for checkpoint state. ...".
void update_checkpoint_state(const std::string& save_dir, CheckpointState state,
                             const UpdateCheckpointStateOptions& options = {});

// The newest checkpoint of a folder, if its files are there.
std::optional<std::string> latest_checkpoint(const std::string& checkpoint_dir,
                                             const std::string& latest_filename = "checkpoint");
// Is there a checkpoint, V2 or V1? `checkpoint_prefix` may be a pattern.
bool checkpoint_exists(const std::string& checkpoint_prefix);
// When they were written, seconds since 1970; those that aren't there are left out.
std::vector<double> get_checkpoint_mtimes(const std::vector<std::string>& checkpoint_prefixes);
// Deletes the files of a checkpoint, and its graph.
void remove_checkpoint(const std::string& checkpoint_prefix, CheckpointFormat version = CheckpointFormat::V2,
                       const std::string& meta_graph_suffix = "meta");
// "model-7.meta" for "model-7" and for "model-7-?????-of-00002".
std::string meta_graph_filename(const std::string& checkpoint_filename, const std::string& meta_graph_suffix = "meta");

}  // namespace reflow::train
