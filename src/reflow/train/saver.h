#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/variable.h"

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
};

struct SaverOptions {
  bool reshape = false;  // restore tensors whose shape is another one, with the same number of elements
  bool sharded = false;  // a file for each device
  int max_to_keep = 5;
  double keep_checkpoint_every_n_hours = 10000.0;
  std::string name;      // of the scope; "": "save"
  CheckpointFormat write_version = CheckpointFormat::V2;
  std::string filename;  // used where the prefix isn't fed; "": "model"
};

// A variable and what it is called in checkpoints.
using NamedVariables = std::vector<std::pair<std::string, Variable>>;

// The variables under their own names. ValueError: "At least two variables have the same name: ...".
NamedVariables names_of_variables(const std::vector<Variable>& var_list);

// Adds the ops that save the variables in a checkpoint and that restore them, in the order of the names, as tf.train.Saver
// does. Running them ends in UnimplementedError until checkpoints are there.
// ValueError: "The same saveable will be restored with two names: ...".
SaverDef build_saver(NamedVariables variables, const SaverOptions& options = {});

}  // namespace reflow::train
