#include "reflow/op/resource_manager.h"

#include <map>
#include <tuple>

#include "reflow/tensor/dtype.h"

namespace reflow::op {
namespace {

struct Key {
  std::type_index type;
  std::string name;
};
struct KeyView {
  std::type_index type;
  std::string_view name;
};
struct KeyLess {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return std::make_tuple(a.type, std::string_view(a.name)) < std::make_tuple(b.type, std::string_view(b.name));
  }
};
using Container = std::map<Key, std::shared_ptr<Resource>, KeyLess>;

}  // namespace

struct ResourceManager::Impl {
  std::recursive_mutex mutex;  // a resource's maker may look others up
  std::map<std::string, Container, std::less<>> containers;

  const std::shared_ptr<Resource>* find(const std::string& container, const ResourceType& type, std::string_view name) {
    const auto c = containers.find(container);
    if (c == containers.end()) return nullptr;
    const auto r = c->second.find(KeyView{type.index, name});
    return r == c->second.end() ? nullptr : &r->second;
  }
};

std::string Variable::debug_string() const {
  return dtype_spec_name(dtype) + "/" + (tensor.valid() ? tensor.shape().str() : "<uninitialized>");
}

ResourceManager::ResourceManager(std::string default_container)
    : default_container_(std::move(default_container)), impl_(std::make_unique<Impl>()) {}
ResourceManager::~ResourceManager() = default;

StatusOr<std::shared_ptr<Resource>> ResourceManager::find(ResourceType type, std::string_view container,
                                                          std::string_view name) {
  const std::string c = resolve(container);
  const std::lock_guard lock(impl_->mutex);
  if (const auto* found = impl_->find(c, type, name)) return *found;
  if (!impl_->containers.contains(c)) {
    return not_found("Container {} does not exist. (Could not find resource: {}/{})", c, c, name);
  }
  return not_found("Resource {}/{}/{} does not exist.", c, name, type.name);
}

StatusOr<std::shared_ptr<Resource>> ResourceManager::find_or_add(
    ResourceType type, std::string_view container, std::string_view name,
    const std::function<StatusOr<std::shared_ptr<Resource>>()>& make) {
  const std::string c = resolve(container);
  const std::lock_guard lock(impl_->mutex);
  if (const auto* found = impl_->find(c, type, name)) return *found;
  ASSIGN_OR_RETURN(std::shared_ptr<Resource> made, make());
  impl_->containers[c].insert_or_assign(Key{type.index, std::string(name)}, made);
  return made;
}

Status ResourceManager::add(ResourceType type, std::string_view container, std::string_view name,
                            std::shared_ptr<Resource> r) {
  const std::string c = resolve(container);
  const std::lock_guard lock(impl_->mutex);
  const bool added = impl_->containers[c].try_emplace(Key{type.index, std::string(name)}, std::move(r)).second;
  return added ? OkStatus() : already_exists("Resource {}/{}/{}", c, name, type.name);
}

Status ResourceManager::remove(ResourceType type, std::string_view container, std::string_view name) {
  const std::string c = resolve(container);
  std::shared_ptr<Resource> removed;  // destroyed after the lock is gone
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->containers.find(c);
  if (found == impl_->containers.end()) return not_found("Container {} does not exist.", c);
  const auto r = found->second.find(KeyView{type.index, name});
  if (r == found->second.end()) return not_found("Resource {}/{}/{} does not exist.", c, name, type.name);
  removed = std::move(r->second);
  found->second.erase(r);
  return OkStatus();
}

void ResourceManager::clear_container(std::string_view container) {
  Container removed;
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->containers.find(resolve(container));
  if (found == impl_->containers.end()) return;
  removed = std::move(found->second);
  impl_->containers.erase(found);
}

void ResourceManager::clear() {
  std::map<std::string, Container, std::less<>> removed;
  const std::lock_guard lock(impl_->mutex);
  removed.swap(impl_->containers);
}

std::string ResourceManager::resolve(std::string_view container) const {
  return container.empty() ? default_container_ : std::string(container);
}

}  // namespace reflow::op
