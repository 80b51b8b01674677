#include "reflow/train/saver.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_state.h"
#include "reflow/train/update_ops.h"

#include <fmt/format.h>

namespace reflow::train {
namespace {

// What is read of a variable: the ref, or the first read of a resource variable.
Output saved_tensor(const Variable& v) { return v.is_resource() ? v.state()->snapshot : v.ref(); }

std::vector<std::string> names_of(const NamedVariables& variables) {
  std::vector<std::string> names;
  for (const auto& [name, _] : variables) names.push_back(name);
  return names;
}

// An empty string for each: all of the tensor.
std::vector<std::string> whole_slices(const NamedVariables& variables) {
  return std::vector<std::string>(variables.size());
}

// The device with the CPU in place of what kind of device it names.
std::string cpu_of(const std::string& device_name) {
  const size_t kind = device_name.find("/device:");
  return (kind == std::string::npos ? device_name : device_name.substr(0, kind)) + "/device:CPU:0";
}

// The folder of a checkpoint's parts: another one for each saver, so that two of them don't meet.
std::string temporary_suffix() {
  std::random_device random;
  std::string digits;
  for (int i = 0; i < 4; ++i) digits += fmt::format("{:08x}", random());
  return "_temp_" + digits + "/part";
}

class SaverBuilder {
 public:
  explicit SaverBuilder(const SaverOptions& options) : options_(options) {}

  // The filename, after the variables have been saved.
  Output save(const Output& filename, const NamedVariables& variables) const {
    TensorList tensors;
    for (const auto& [_, variable] : variables) tensors.push_back(saved_tensor(variable));
    const TensorLike list(std::make_shared<const TensorLike::List>(tensors));
    const bool v2 = options_.write_version == CheckpointFormat::V2;
    const Operation saved(client::make_op(v2 ? "SaveV2" : "SaveSlices", v2 ? "" : "save",
                                          {filename, names_of(variables), whole_slices(variables), list}));
    return with_dependencies({saved}, filename);
  }

  Operation restore(const Output& filename, const NamedVariables& variables, const std::string& name) const {
    std::vector<DType> types;
    for (const auto& [_, variable] : variables) types.push_back(base_type(variable.dtype()));
    graph::AttrMap attrs;
    attrs.set("dtypes", types);
    graph::Node* restored;
    {
      device on_cpu("cpu:0");
      restored = client::make_op("RestoreV2", "", {filename, names_of(variables), whole_slices(variables)},
                                 std::move(attrs));
    }
    std::vector<GraphElement> assigned;
    for (size_t i = 0; i < variables.size(); ++i) {
      assigned.push_back(assign(variables[i].second, Output(restored, static_cast<int>(i))));
    }
    return group(assigned, {.name = name});
  }

  // By device: canonical name, in their order.
  using Shards = std::map<std::string, NamedVariables>;

  Output save_sharded(const Output& filename, const Shards& shards) const {
    if (options_.write_version != CheckpointFormat::V2) return save_sharded_v1(filename, shards);
    const Output parts = client::apply_op(
        "StringJoin", "", {TensorLike{filename, temporary_suffix()}}, {{"separator", std::string()}});
    const Output num_shards = constant(static_cast<int>(shards.size()), {.name = "num_shards"});
    std::vector<GraphElement> saves;
    TensorList prefixes;
    std::string last_device;
    for (const auto& [device_name, variables] : shards) {
      last_device = cpu_of(device_name);
      device placement(last_device);
      const Output prefix = sharded_filename(parts, static_cast<int>(prefixes.size()), num_shards);
      prefixes.push_back(prefix);
      saves.push_back(save(prefix, variables).op());
    }
    control_dependencies after_saves(saves);
    device placement(last_device);
    const TensorLike all(std::make_shared<const TensorLike::List>(prefixes));
    const Operation merged(client::make_op("MergeV2Checkpoints", "", {all, filename}, {{"delete_old_dirs", true}}));
    control_dependencies after_merge({merged});
    return identity(filename);
  }

  Operation restore_sharded(const Output& filename, const Shards& shards) const {
    std::vector<GraphElement> restored;
    for (const auto& [device_name, variables] : shards) {
      device placement(device_name);
      restored.push_back(restore(filename, variables, "restore_shard"));
    }
    return group(restored, {.name = "restore_all"});
  }

 private:
  Output sharded_filename(const Output& base, int shard, const Output& num_shards) const {
    return client::apply_op("ShardedFilename", "", {base, shard, num_shards});
  }

  Output save_sharded_v1(const Output& filename, const Shards& shards) const {
    const Output num_shards = constant(static_cast<int>(shards.size()), {.name = "num_shards"});
    std::vector<GraphElement> saves;
    for (const auto& [device_name, variables] : shards) {
      device placement(device_name);
      saves.push_back(save(sharded_filename(filename, static_cast<int>(saves.size()), num_shards), variables).op());
    }
    control_dependencies after_saves(saves);
    return client::apply_op("ShardedFilespec", "", {filename, num_shards});
  }

  Operation assign(const Variable& variable, Output restored) const {
    if (options_.reshape) {
      const bool known = variable.shape().fully_defined();
      restored = reshape(restored, known ? TensorLike(variable.shape()) : TensorLike(shape(variable)));
    }
    if (!variable.is_resource()) {
      const bool validate = !options_.reshape && variable.shape().fully_defined();
      return Operation(client::make_op("Assign", "", {variable.ref(), restored},
                                       {{"validate_shape", validate}, {"use_locking", true}}));
    }
    device placement(variable.device());
    return Operation(client::make_op("AssignVariableOp", "", {variable.handle(), identity(restored)}));
  }

  const SaverOptions& options_;
};

}  // namespace

NamedVariables names_of_variables(const std::vector<Variable>& var_list) {
  NamedVariables named;
  std::set<std::string> names;
  for (const Variable& v : var_list) {
    const std::string name = v.op().name();
    if (!names.insert(name).second) throw ValueError("At least two variables have the same name: " + name);
    named.emplace_back(name, v);
  }
  return named;
}

SaverDef build_saver(NamedVariables variables, const SaverOptions& options) {
  std::sort(variables.begin(), variables.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::set<const graph::Node*> seen;
  for (const auto& [name, variable] : variables) {
    if (seen.insert(variable.op().node()).second) continue;
    throw ValueError("The same saveable will be restored with two names: " + name);
  }
  const SaverBuilder builder(options);
  name_scope scope(options.name, "save");
  const std::string default_name = options.filename.empty() ? "model" : options.filename;
  const Output chosen = placeholder_with_default(default_name, Shape{}, {.name = "filename"});
  const Output filename = placeholder_with_default(chosen, Shape{}, {.name = "Const"});
  Output saved;
  Operation restored;
  if (options.sharded) {
    SaverBuilder::Shards shards;
    for (const auto& item : variables) shards[item.second.device()].push_back(item);
    saved = builder.save_sharded(filename, shards);
    restored = builder.restore_sharded(filename, shards);
  } else {
    saved = builder.save(filename, variables);
    restored = builder.restore(filename, variables, "restore_all");
  }
  return {.filename_tensor_name = filename.name(),
          .save_tensor_name = saved.name(),
          .restore_op_name = restored.name(),
          .max_to_keep = options.max_to_keep,
          .sharded = options.sharded,
          .keep_checkpoint_every_n_hours = options.keep_checkpoint_every_n_hours,
          .version = options.write_version};
}

}  // namespace reflow::train
