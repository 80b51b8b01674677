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
  explicit Variable(DType type) : dtype(type) {}
  std::string debug_string() const override;
  std::mutex mutex;
  Tensor tensor;
  const DType dtype;
};

// The resources of a device by container and name. "" is the default container, "localhost". Thread-safe.
class ResourceManager {
 public:
  explicit ResourceManager(std::string default_container = "localhost");
  ~ResourceManager();

  // NotFound: "Container {} does not exist. (Could not find resource: {}/{})" or "Resource {}/{}/{} does not exist.".
  template <typename T>
  StatusOr<std::shared_ptr<T>> lookup(std::string_view container, std::string_view name) {
    auto found = find(typeid(T), container, name);
    if (!found.ok()) return found.status();
    return std::static_pointer_cast<T>(*std::move(found));
  }
  // The resource of the name; made by `make` when there is none.
  template <typename T>
  StatusOr<std::shared_ptr<T>> lookup_or_create(std::string_view container, std::string_view name,
                                                const std::function<StatusOr<std::shared_ptr<T>>()>& make) {
    auto found = find_or_add(typeid(T), container, name, [&]() -> StatusOr<std::shared_ptr<Resource>> {
      auto made = make();
      if (!made.ok()) return made.status();
      return std::shared_ptr<Resource>(*std::move(made));
    });
    if (!found.ok()) return found.status();
    return std::static_pointer_cast<T>(*std::move(found));
  }
  // AlreadyExists: the name is taken.
  template <typename T>
  Status create(std::string_view container, std::string_view name, std::shared_ptr<T> resource) {
    return add(typeid(T), container, name, std::move(resource));
  }
  template <typename T>
  Status erase(std::string_view container, std::string_view name) { return remove(typeid(T), container, name); }
  // Forgets all of one container (Session.reset); kernels that hold a resource keep it.
  void clear_container(std::string_view container);
  void clear();
  const std::string& default_container() const { return default_container_; }

 private:
  StatusOr<std::shared_ptr<Resource>> find(std::type_index type, std::string_view container, std::string_view name);
  StatusOr<std::shared_ptr<Resource>> find_or_add(std::type_index type, std::string_view container,
                                                  std::string_view name,
                                                  const std::function<StatusOr<std::shared_ptr<Resource>>()>& make);
  Status add(std::type_index type, std::string_view container, std::string_view name, std::shared_ptr<Resource> r);
  Status remove(std::type_index type, std::string_view container, std::string_view name);

  struct Impl;
  std::string default_container_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reflow::op
