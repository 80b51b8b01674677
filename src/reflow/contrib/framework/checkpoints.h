#pragma once

// tf.contrib.framework: variables that take their values from checkpoints and tensors.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/session.h"
#include "reflow/client/variable.h"
#include "reflow/train/checkpoint_reader.h"
#include "reflow/train/saveable.h"

namespace reflow::contrib::framework {

using train::list_variables;
using train::load_checkpoint;
using train::load_variable;

// An operation that assigns to variables what a checkpoint has under their names or under others, and the feed_dict that
// it is run with. Parts of a variable, each under the name of the whole, take their parts.
// ValueError: "Checkpoint is missing variable [v]" (with ignore_missing_vars only a warning), another shape.
std::pair<Operation, FeedDict> assign_from_checkpoint(const std::string& model_path,
                                                      const train::NamedVariables& var_list,
                                                      bool ignore_missing_vars = false);
std::pair<Operation, FeedDict> assign_from_checkpoint(const std::string& model_path,
                                                      const std::vector<Variable>& var_list,
                                                      bool ignore_missing_vars = false);

struct AssignFromCheckpointOptions {
  bool ignore_missing_vars = false;
  bool reshape_variables = false;  // tensors of other shapes with as many elements
};
using AssignFn = std::function<void(const Session& session)>;
// Restores the variables, by a Saver. An empty function: there are none to restore. ValueError: "var_list cannot be
// empty".
AssignFn assign_from_checkpoint_fn(const std::string& model_path, const train::NamedVariables& var_list,
                                   const AssignFromCheckpointOptions& options = {});
AssignFn assign_from_checkpoint_fn(const std::string& model_path, const std::vector<Variable>& var_list,
                                   const AssignFromCheckpointOptions& options = {});
// assign_from_values as a function.
AssignFn assign_from_values_fn(const std::vector<std::pair<std::string, Tensor>>& var_names_to_values);

}  // namespace reflow::contrib::framework
