#include "reflow/contrib/framework/checkpoints.h"

#include <memory>

#include "reflow/base/logging.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/state_ops.h"
#include "reflow/contrib/framework/variables.h"
#include "reflow/train/saver.h"

namespace reflow::contrib::framework {
namespace {

// The box of `whole` that begins at `offset`.
Tensor part_of(const Tensor& whole, const std::vector<int64_t>& offset, const std::vector<int64_t>& sizes) {
  const Output begin = constant(offset);
  return Session().run(slice(constant(whole), begin, constant(sizes)));
}

// What of a checkpoint's tensor a variable takes.
Tensor value_for(const std::string& name, const Variable& var, const Tensor& whole) {
  if (const auto& info = var.save_slice_info()) {
    const Graph own;  // that of the program stays as it is
    const auto scope = own.as_default();
    return part_of(whole, info->var_offset, info->var_shape);
  }
  if (!(var.shape() == whole.shape())) {
    throw ValueError("Total size of new array must be unchanged for " + name + " lh_shape: [" +
                     client::python_shape(whole.shape()) + "], rh_shape: [" + client::python_shape(var.shape()) + "]");
  }
  return whole;
}

train::NamedVariables named(const std::vector<Variable>& variables) {
  train::NamedVariables named;
  for (const Variable& var : variables) named.emplace_back(get_variable_full_name(var), var);
  return named;
}

}  // namespace

std::pair<Operation, FeedDict> assign_from_checkpoint(const std::string& model_path,
                                                      const train::NamedVariables& var_list,
                                                      bool ignore_missing_vars) {
  const train::CheckpointReader reader(model_path);
  FeedDict feeds;
  std::vector<GraphElement> assignments;
  for (const auto& [name, var] : var_list) {
    if (!reader.has_tensor(name)) {
      if (!ignore_missing_vars) throw ValueError("Checkpoint is missing variable [" + name + "]");
      log_warning("Checkpoint is missing variable [{}]", name);
      continue;
    }
    const Tensor value = value_for(name, var, reader.get_tensor(name));
    const Output fed = placeholder(base_type(var.dtype()), var.shape(), {.name = "placeholder/" + var.op().name()});
    assignments.push_back(assign(var, fed));
    feeds.add(fed, value);
  }
  return {group(assignments), feeds};
}

std::pair<Operation, FeedDict> assign_from_checkpoint(const std::string& model_path,
                                                      const std::vector<Variable>& var_list,
                                                      bool ignore_missing_vars) {
  return assign_from_checkpoint(model_path, named(var_list), ignore_missing_vars);
}

AssignFn assign_from_checkpoint_fn(const std::string& model_path, const train::NamedVariables& var_list,
                                   const AssignFromCheckpointOptions& options) {
  if (var_list.empty()) throw ValueError("var_list cannot be empty");
  train::NamedVariables there = var_list;
  if (options.ignore_missing_vars) {
    const train::CheckpointReader reader(model_path);
    std::erase_if(there, [&](const auto& entry) {
      if (reader.has_tensor(entry.first)) return false;
      log_warning("Variable {} missing in checkpoint {}", entry.first, model_path);
      return true;
    });
  }
  if (there.empty()) {
    log_warning("No Variables to restore");
    return {};
  }
  const auto saver = std::make_shared<train::Saver>(there, train::SaverOptions{.reshape = options.reshape_variables});
  return [saver, model_path](const Session& session) { saver->restore(session, model_path); };
}

AssignFn assign_from_checkpoint_fn(const std::string& model_path, const std::vector<Variable>& var_list,
                                   const AssignFromCheckpointOptions& options) {
  return assign_from_checkpoint_fn(model_path, named(var_list), options);
}

AssignFn assign_from_values_fn(const std::vector<std::pair<std::string, Tensor>>& var_names_to_values) {
  const auto [assign, feeds] = assign_from_values(var_names_to_values);
  return [assign = assign, feeds = feeds](const Session& session) { session.run(assign, feeds); };
}

}  // namespace reflow::contrib::framework
