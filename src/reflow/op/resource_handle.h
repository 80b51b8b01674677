#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

#include "reflow/base/status.h"
#include "reflow/op/kernel.h"
#include "reflow/op/resource_manager.h"

namespace reflow::op {

// Where a resource op keeps its resource, by its attributes `container` and `shared_name`. Without a shared name it
// belongs to the kernel alone and gets a name of its own in the process, "_7_node".
struct ResourceName {
  std::string container, name;
  bool is_private = false;
  static ResourceName of(KernelContext& c);
};

template <typename T>
inline const uint64_t resource_hash = typeid(T).hash_code();

// A handle to `resource`, which carries it, so that the ops that use it look up no name.
template <typename T>
ResourceHandle make_resource_handle(const Device& device, const ResourceName& name, std::shared_ptr<T> resource) {
  ResourceHandle handle;
  handle.device = device.name();
  handle.container = name.container;
  handle.name = name.name;
  handle.type_name = ResourceType::of<T>().name;
  handle.hash_code = resource_hash<T>;
  handle.resource = std::move(resource);
  return handle;
}

// Is what the handle carries a T?
template <typename T>
bool is_handle_of(const ResourceHandle& handle) {
  return handle.hash_code == resource_hash<T> || handle.type_name == ResourceType::of<T>().name;
}
// InvalidArgument: "Trying to access resource using the wrong type. Expected {} got {}".
Status wrong_resource_type(const ResourceHandle& handle, std::string_view wanted);

// The resource that input i is a handle of, or, where that is a reference of two strings, that has this container and
// name. NotFound: there is none.
template <typename T>
StatusOr<std::shared_ptr<T>> resource_at(KernelContext& c, int i) {
  const Tensor& input = c.input(i);
  if (!input.valid()) return invalid_argument("Resource handle {} has no value", i);
  if (input.dtype() == DType::kString) {
    if (input.num_elements() != 2) return invalid_argument("Resource handle must have 2 elements, but had shape: {}",
                                                           input.shape().str());
    return c.resources().lookup<T>(input.flat<std::string>()[0], input.flat<std::string>()[1]);
  }
  if (input.dtype() != DType::kResource || input.num_elements() < 1) {
    return invalid_argument("Input {} is not a resource handle", i);
  }
  const ResourceHandle& handle = input.item<ResourceHandle>();
  if (!is_handle_of<T>(handle)) return wrong_resource_type(handle, ResourceType::of<T>().name);
  if (handle.resource) return std::static_pointer_cast<T>(handle.resource);
  return c.resources().lookup<T>(handle.container, handle.name);
}

}  // namespace reflow::op
