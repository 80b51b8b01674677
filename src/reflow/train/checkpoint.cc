#include "reflow/train/checkpoint.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/formats/bundle_writer.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/checkpoint_objects.h"

namespace reflow::train {
namespace {

// Reads what an optimizer tells its subclasses alone.
struct NonSlots : Optimizer {
  static std::vector<std::pair<std::string, Variable>> of(const Optimizer& optimizer) {
    return (optimizer.*&NonSlots::named_non_slot_variables)();
  }
};

constexpr const char* kCounter = "save_counter";

// A name as a part of a key.
std::string escaped(const std::string& name) {
  std::string result;
  for (const char c : name) result += c == '.' ? std::string("..") : c == '/' ? std::string(".S") : std::string(1, c);
  return result;
}

std::string key_of(const std::string& object) { return fmt::format("{}/.ATTRIBUTES/{}", object, kVariableValue); }

Trackable::Children sorted(Trackable::Children children) {
  std::ranges::sort(children, {}, &Trackable::Children::value_type::first);
  return children;
}

}  // namespace

void Trackable::check(const Variable& variable) {
  if (variable.is_partitioned()) throw ValueError("Partitioned variables can't be saved by a Checkpoint: " + variable.name());
}
Trackable::Trackable(Optimizer& optimizer) : object_(&optimizer) {}
Trackable::Trackable(Children children) : object_(std::make_shared<Children>(std::move(children))) {}

void Trackable::add(const std::string& name, const Trackable& child) {
  const auto* group = std::get_if<std::shared_ptr<Children>>(&object_);
  if (!group) throw ValueError("Only a group can have objects added: " + name);
  for (const auto& member : **group) {
    if (member.first == name) throw ValueError("There is an object of this name already: " + name);
  }
  (*group)->emplace_back(name, child);
}

Trackable::Children Trackable::children() const {
  if (const auto* group = std::get_if<std::shared_ptr<Children>>(&object_)) return **group;
  Children others;
  if (const Optimizer* own = optimizer()) {
    for (const auto& [name, variable] : NonSlots::of(*own)) others.emplace_back(name, Trackable(variable));
  }
  return sorted(others);
}

const void* Trackable::identity() const {
  if (const Variable* own = variable()) return own->ref().node();
  if (const Optimizer* own = optimizer()) return own;
  return std::get<std::shared_ptr<Children>>(object_).get();
}

Checkpoint::Checkpoint(Trackable::Children children) : root_(Trackable::Children()) {
  for (const auto& [name, child] : children) {
    if (name == kCounter) throw ValueError("The name save_counter is that of the variable that counts savings");
  }
  {
    const device cpu("/cpu:0");
    save_counter_ = Variable([] { return zeros(TensorLike(Shape{}), {.dtype = int64}); },
                             {.trainable = false, .name = kCounter});
    is_counting_ = save_counter_.is_initialized();
    count_ = save_counter_.assign_add(1);
  }
  children = sorted(std::move(children));
  children.emplace_back(kCounter, Trackable(save_counter_));
  root_ = Trackable(std::move(children));
}

void Checkpoint::add(const std::string& name, const Trackable& child) { root_.add(name, child); }

// Breadth first, so that each object has its shortest name; slots come last.
std::vector<Checkpoint::Named> Checkpoint::objects() const {
  std::vector<Named> found;
  std::map<const void*, int> ids;
  const auto add = [&](const Trackable& object, const std::string& name) {
    const auto [it, is_new] = ids.emplace(object.identity(), static_cast<int>(found.size()));
    if (is_new) found.push_back({object, name, {}});
    return it->second;
  };
  add(root_, "");
  for (size_t i = 0; i < found.size(); ++i) {
    const std::string prefix = found[i].name.empty() ? "" : found[i].name + "/";
    for (const auto& [name, child] : found[i].object.children()) {
      const int id = add(child, prefix + escaped(name));
      found[i].node.children.push_back({id, name});
    }
  }
  const int count = static_cast<int>(found.size());
  for (int i = 0; i < count; ++i) {
    const Optimizer* optimizer = found[i].object.optimizer();
    if (!optimizer) continue;
    for (const std::string& slot_name : optimizer->get_slot_names()) {
      for (int original = 0; original < count; ++original) {
        const Variable* variable = found[original].object.variable();
        const std::optional<Variable> slot = variable ? optimizer->get_slot(*variable, slot_name) : std::nullopt;
        if (!slot) continue;
        const std::string name = fmt::format("{}/.OPTIMIZER_SLOT/{}/{}", found[original].name, found[i].name, escaped(slot_name));
        const int id = add(Trackable(*slot), name);  // which may move what was found
        found[i].node.slots.push_back({original, slot_name, id});
      }
    }
  }
  for (Named& each : found) {
    if (const Variable* variable = each.object.variable()) {
      each.node.attributes.push_back({kVariableValue, variable->op().name(), key_of(each.name)});
    }
  }
  return found;
}

std::string Checkpoint::write(const Session& session, const std::string& file_prefix) {
  ObjectGraph graph;
  std::vector<GraphElement> values;
  std::vector<std::string> keys;
  for (const Named& each : objects()) {
    graph.nodes.push_back(each.node);
    const Variable* variable = each.object.variable();
    if (!variable) continue;
    auto it = std::ranges::find(reads_, *variable, &std::pair<Variable, Output>::first);
    if (it == reads_.end()) it = reads_.insert(reads_.end(), {*variable, variable->value()});
    values.push_back(it->second);
    keys.push_back(each.node.attributes[0].key);
  }
  const std::vector<Tensor> tensors = session.run(values);
  auto writer = formats::BundleWriter::create(file_prefix);
  errors::throw_if_error(writer.status());
  for (size_t i = 0; i < keys.size(); ++i) errors::throw_if_error((*writer)->add(keys[i], tensors[i]));
  Tensor described(string, Shape{});
  *described.data<std::string>() = graph.serialize();
  errors::throw_if_error((*writer)->add(kObjectGraphKey, described));
  errors::throw_if_error((*writer)->finish());
  return file_prefix;
}

std::string Checkpoint::save(const Session& session, const std::string& file_prefix) {
  if (!session.run(is_counting_).item<bool>()) session.run(save_counter_.initializer());
  const int64_t number = session.run(count_).item<int64_t>();
  const std::string path = write(session, fmt::format("{}-{}", file_prefix, number));
  const std::string folder = std::filesystem::path(file_prefix).parent_path().string();
  CheckpointState state;
  state.model_checkpoint_path = path;
  state.all_model_checkpoint_paths = {path};
  update_checkpoint_state(folder.empty() ? "." : folder, state, {.save_relative_paths = true});
  return path;
}

CheckpointManager::CheckpointManager(Checkpoint& checkpoint, std::string directory,
                                     const CheckpointManagerOptions& options)
    : checkpoint_(checkpoint),
      directory_(std::move(directory)),
      name_(options.checkpoint_name),
      history_(options.max_to_keep, options.keep_checkpoint_every_n_hours.value_or(10000.0), CheckpointFormat::V2) {
  if (options.max_to_keep < 0) throw ValueError("Expected a positive integer or None for `max_to_max_to_keep`, got " +
                                                std::to_string(options.max_to_keep) + ".");
  if (const auto state = get_checkpoint_state(directory_)) history_.recover(state->all_model_checkpoint_paths);
}

std::string CheckpointManager::save(const Session& session, std::optional<int64_t> checkpoint_number) {
  const std::string prefix = directory_ + "/" + name_;
  const std::string path = checkpoint_number ? checkpoint_.write(session, fmt::format("{}-{}", prefix, *checkpoint_number))
                                             : checkpoint_.save(session, prefix);
  history_.record(path);
  CheckpointState state;
  state.model_checkpoint_path = path;
  for (const auto& [kept, time] : history_.entries()) {
    state.all_model_checkpoint_paths.push_back(kept);
    state.all_model_checkpoint_timestamps.push_back(time);
  }
  update_checkpoint_state(directory_, state, {.save_relative_paths = true});
  history_.delete_old();
  return path;
}

std::optional<std::string> CheckpointManager::latest_checkpoint() const {
  const std::vector<std::string> paths = history_.paths();
  return paths.empty() ? std::nullopt : std::optional(paths.back());
}

}  // namespace reflow::train
