#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/train/saveable.h"

namespace reflow::train {

enum class CheckpointFormat { LEGACY = 0, V1 = 1, V2 = 2 };

// What is known of a saver's part of a graph: the fields of TensorFlow's SaverDef.
struct SaverDef {
  std::string filename_tensor_name;  // fed with the prefix of a checkpoint
  std::string save_tensor_name;      // running it saves; its value is the prefix
  std::string restore_op_name;
  int max_to_keep = 5;
  bool sharded = false;
  double keep_checkpoint_every_n_hours = 10000.0;
  CheckpointFormat version = CheckpointFormat::V2;

  // As a serialized SaverDef message; from one, with `import_scope` before the names. ValueError: it isn't one.
  std::string serialize() const;
  static SaverDef parse(std::string_view saver_def, const std::string& import_scope = "");
};

struct SaverOptions {
  bool reshape = false;  // restore tensors whose shape is another one, with the same number of elements
  bool sharded = false;  // a file for each device
  int max_to_keep = 5;   // checkpoints; 0: all
  double keep_checkpoint_every_n_hours = 10000.0;  // one that max_to_keep would delete stays, so often
  std::string name;                                // of the scope; "": "save"
  bool restore_sequentially = false;               // as TensorFlow 1.15 has it: changes nothing
  bool allow_empty = false;                        // without variables: a saver that does nothing
  CheckpointFormat write_version = CheckpointFormat::V2;
  bool pad_step_number = false;      // "model-00000007" instead of "model-7"
  bool save_relative_paths = false;  // in the file `checkpoint`
  std::string filename;              // used where the prefix isn't fed; "": "model"
  bool bulk_restore = true;          // all tensors are restored by one op
};

// Adds the ops that save in a checkpoint and that restore, in the order of `saveables`, as tf.train.Saver does.
SaverDef build_saver_of(const std::vector<Saveable>& saveables, const SaverOptions& options = {});
inline SaverDef build_saver(const NamedVariables& variables, const SaverOptions& options = {}) {
  return build_saver_of(saveables_of(variables), options);
}

}  // namespace reflow::train
