#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// State that outlives a run: variables, queues, tables, iterators. Shared by the kernels that use it.
class Resource {
 public:
  virtual ~Resource() = default;
  virtual std::string debug_string() const = 0;
};

// A variable, ref or resource. A tensor that isn't valid() is uninitialised. Writers hold `mutex`; whether readers do is
// up to the op, as in TensorFlow.
class Variable : public Resource {
 public:
  // TensorFlow's name of the type, which its messages and handles have.
  static constexpr std::string_view kTypeName = "N10tensorflow3VarE";
  explicit Variable(DType type) : dtype(type) {}
  // "float/[2,3]".
  std::string debug_string() const override;
  std::mutex mutex;
  Tensor tensor;
  const DType dtype;
};

// The type of a resource in the manager: resources of different types may have the same name. A resource class that
// says kTypeName is called so in messages and handles.
struct ResourceType {
  std::type_index index;
  std::string_view name;
  template <typename T>
  static ResourceType of() {
    if constexpr (requires { T::kTypeName; }) {
      return {typeid(T), T::kTypeName};
    } else {
      return {typeid(T), typeid(T).name()};
    }
  }
};

// The resources of a device by container and name. "" is the default container, "localhost". Thread-safe.
class ResourceManager {
 public:
  explicit ResourceManager(std::string default_container = "localhost");
  ~ResourceManager();

  // NotFound: "Container {} does not exist. (Could not find resource: {}/{})" or "Resource {}/{}/{} does not exist.".
  template <typename T>
  StatusOr<std::shared_ptr<T>> lookup(std::string_view container, std::string_view name) {
    auto found = find(ResourceType::of<T>(), container, name);
    if (!found.ok()) return found.status();
    return std::static_pointer_cast<T>(*std::move(found));
  }
  // The resource of the name; made by `make` when there is none. `make` is called with the manager locked: one caller
  // alone makes it.
  template <typename T>
  StatusOr<std::shared_ptr<T>> lookup_or_create(std::string_view container, std::string_view name,
                                                const std::function<StatusOr<std::shared_ptr<T>>()>& make) {
    auto found = find_or_add(ResourceType::of<T>(), container, name, [&]() -> StatusOr<std::shared_ptr<Resource>> {
      auto made = make();
      if (!made.ok()) return made.status();
      return std::shared_ptr<Resource>(*std::move(made));
    });
    if (!found.ok()) return found.status();
    return std::static_pointer_cast<T>(*std::move(found));
  }
  // AlreadyExists: the name is taken ("Resource {}/{}/{}").
  template <typename T>
  Status create(std::string_view container, std::string_view name, std::shared_ptr<T> resource) {
    return add(ResourceType::of<T>(), container, name, std::move(resource));
  }
  // NotFound: as of lookup().
  template <typename T>
  Status erase(std::string_view container, std::string_view name) { return remove(ResourceType::of<T>(), container, name); }
  // Forgets all of one container (Session.reset); kernels that hold a resource keep it.
  void clear_container(std::string_view container);
  void clear();
  const std::string& default_container() const { return default_container_; }

 private:
  StatusOr<std::shared_ptr<Resource>> find(ResourceType type, std::string_view container, std::string_view name);
  StatusOr<std::shared_ptr<Resource>> find_or_add(ResourceType type, std::string_view container,
                                                  std::string_view name,
                                                  const std::function<StatusOr<std::shared_ptr<Resource>>()>& make);
  Status add(ResourceType type, std::string_view container, std::string_view name, std::shared_ptr<Resource> r);
  Status remove(ResourceType type, std::string_view container, std::string_view name);
  std::string resolve(std::string_view container) const;

  struct Impl;
  std::string default_container_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reflow::op
