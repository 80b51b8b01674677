#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <shared_mutex>

#include "reflow/graph/op_def.h"

namespace reflow::graph {

struct OpRegistry::Impl {
  struct Hash {
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  mutable std::shared_mutex mutex;
  std::deque<OpDef> ops;  // addresses are stable
  absl::flat_hash_map<std::string_view, OpDef*, Hash> by_name;  // keys are the names in `ops`
};

// Never destroyed: static registrars and the destructors of static graphs use it.
OpRegistry& OpRegistry::global() {
  static OpRegistry* registry = new OpRegistry;
  return *registry;
}

OpRegistry::OpRegistry() : impl_(new Impl) {}

const OpDef* OpRegistry::find(std::string_view name) const {
  const std::shared_lock lock(impl_->mutex);
  const auto it = impl_->by_name.find(name);
  return it == impl_->by_name.end() ? nullptr : it->second;
}

StatusOr<OpDef*> OpRegistry::add(OpDef def) {
  const std::unique_lock lock(impl_->mutex);
  if (impl_->by_name.contains(std::string_view(def.name))) {
    return already_exists("Op with name {} is registered already", def.name);
  }
  OpDef* stored = &impl_->ops.emplace_back(std::move(def));
  impl_->by_name.emplace(stored->name, stored);
  return stored;
}

std::vector<const OpDef*> OpRegistry::all() const {
  const std::shared_lock lock(impl_->mutex);
  std::vector<const OpDef*> all;
  for (const OpDef& op : impl_->ops) all.push_back(&op);
  std::ranges::sort(all, {}, [](const OpDef* op) -> const std::string& { return op->name; });
  return all;
}

}  // namespace reflow::graph
