#include "reflow/train/saver_builder.h"

#include <map>
#include <random>

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::train {
namespace {

using Saveables = std::vector<Saveable>;

// The specs of all of them, one after the other, as the inputs of an op.
struct Columns {
  std::vector<std::string> names, slices;
  std::vector<DType> types;
};
Columns columns_of(const Saveables& saveables) {
  Columns c;
  for (const Saveable& saveable : saveables) {
    for (const SaveSpec& spec : saveable.specs) {
      c.names.push_back(spec.name);
      c.slices.push_back(spec.slice);
      c.types.push_back(spec.dtype);
    }
  }
  return c;
}

TensorList values_of(const Saveables& saveables) {
  TensorList values;
  for (const Saveable& saveable : saveables) {
    for (const SaveSpec& spec : saveable.specs) values.push_back(spec.value());
  }
  return values;
}

// The device of what is saved. Reads it once more, as TensorFlow does where that is a function.
std::string device_of(const Saveable& saveable) {
  std::string device_name = saveable.device;
  for (const SaveSpec& spec : saveable.specs) {
    if (spec.read) device_name = spec.read().device();
  }
  return device_name;
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

  // The filename, after everything has been saved.
  Output save(const Output& filename, const Saveables& saveables) const {
    const Columns c = columns_of(saveables);
    const TensorLike list(std::make_shared<const TensorLike::List>(values_of(saveables)));
    const bool v2 = options_.write_version == CheckpointFormat::V2;
    const Operation saved(client::make_op(v2 ? "SaveV2" : "SaveSlices", v2 ? "" : "save",
                                          {filename, c.names, c.slices, list}));
    return with_dependencies({saved}, filename);
  }

  Operation restore(const Output& filename, const Saveables& saveables, const std::string& name) const {
    std::vector<Output> tensors;
    if (options_.bulk_restore) {
      device on_cpu("cpu:0");
      tensors = restored(filename, saveables);
    } else {
      for (const Saveable& saveable : saveables) {
        device placement(saveable.device.empty() ? "" : cpu_of(saveable.device));
        for (const Output& tensor : restored(filename, {saveable})) tensors.push_back(tensor);
      }
    }
    std::vector<GraphElement> assigned;
    size_t next = 0;
    for (const Saveable& saveable : saveables) {
      std::optional<TensorList> shapes;
      if (options_.reshape) {
        shapes.emplace();
        for (const SaveSpec& spec : saveable.specs) {
          const Shape& known = spec.tensor.shape();
          shapes->push_back(known.fully_defined() ? TensorLike(known) : TensorLike(shape(spec.tensor)));
        }
      }
      const size_t end = next + saveable.specs.size();
      const std::vector<Output> own(tensors.begin() + static_cast<std::ptrdiff_t>(next),
                                    tensors.begin() + static_cast<std::ptrdiff_t>(end));
      next = end;
      assigned.push_back(saveable.restore(own, shapes));
    }
    return group(assigned, {.name = name});
  }

  // By device, in their order.
  using Shards = std::map<std::string, Saveables>;

  Output save_sharded(const Output& filename, const Shards& shards) const {
    if (options_.write_version != CheckpointFormat::V2) return save_sharded_v1(filename, shards);
    const Output parts = client::apply_op(
        "StringJoin", "", {TensorLike{filename, temporary_suffix()}}, {{"separator", std::string()}});
    const Output num_shards = constant(static_cast<int>(shards.size()), {.name = "num_shards"});
    std::vector<GraphElement> saves;
    TensorList prefixes;
    std::string last_device;
    for (const auto& [device_name, saveables] : shards) {
      last_device = cpu_of(device_name);
      device placement(last_device);
      const Output prefix = sharded_filename(parts, static_cast<int>(prefixes.size()), num_shards);
      prefixes.push_back(prefix);
      saves.push_back(save(prefix, saveables).op());
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
    for (const auto& [device_name, saveables] : shards) {
      device placement(device_name);
      restored.push_back(restore(filename, saveables, "restore_shard"));
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
    for (const auto& [device_name, saveables] : shards) {
      device placement(device_name);
      saves.push_back(save(sharded_filename(filename, static_cast<int>(saves.size()), num_shards), saveables).op());
    }
    control_dependencies after_saves(saves);
    return client::apply_op("ShardedFilespec", "", {filename, num_shards});
  }

  static std::vector<Output> restored(const Output& filename, const Saveables& saveables) {
    const Columns c = columns_of(saveables);
    graph::AttrMap attrs;
    attrs.set("dtypes", c.types);
    return client::all_outputs(client::make_op("RestoreV2", "", {filename, c.names, c.slices}, std::move(attrs)));
  }

  const SaverOptions& options_;
};

}  // namespace

SaverDef build_saver_of(const std::vector<Saveable>& saveables, const SaverOptions& options) {
  const SaverBuilder builder(options);
  name_scope scope(options.name, "save");
  const std::string default_name = options.filename.empty() ? "model" : options.filename;
  const Output chosen = placeholder_with_default(default_name, Shape{}, {.name = "filename"});
  const Output filename = placeholder_with_default(chosen, Shape{}, {.name = "Const"});
  Output saved;
  Operation restored;
  if (options.sharded) {
    SaverBuilder::Shards shards;
    for (const Saveable& saveable : saveables) shards[device_of(saveable)].push_back(saveable);
    saved = builder.save_sharded(filename, shards);
    restored = builder.restore_sharded(filename, shards);
  } else {
    saved = builder.save(filename, saveables);
    restored = builder.restore(filename, saveables, "restore_all");
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
