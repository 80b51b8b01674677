#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reflow/client/variable.h"

namespace reflow::train {

// What a tensor of a checkpoint, or all tensors of a scope ("old/"), initialise: variables, by name or themselves (the
// parts of one, where they are several), or those of a scope ("new/"; "/" is the outermost).
using AssignmentMap = std::vector<std::pair<std::string, std::variant<std::string, std::vector<Variable>>>>;

// Replaces the initializers of variables by ops that restore their values from a checkpoint, a prefix or the newest one of
// a folder: tf.train.init_from_checkpoint. By names are meant variables that get_variable has made.
// ValueError, in TensorFlow's words: there is no checkpoint, no such tensor in it, or its shape is another one.
void init_from_checkpoint(const std::string& ckpt_dir_or_file, AssignmentMap assignment_map);

// A prefix itself; of a folder its newest checkpoint. ValueError: "Couldn't find 'checkpoint' file or checkpoints in given
// directory ...".
std::string checkpoint_prefix(const std::string& ckpt_dir_or_file);

}  // namespace reflow::train
