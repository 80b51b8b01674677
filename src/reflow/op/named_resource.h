#pragma once

#include <string>

#include "reflow/op/op.h"
#include "reflow/op/resource_handle.h"

namespace reflow::op {

// The kernel of ops that give the handle of a T that another op makes: of `shared_name`, or else of the node's name.
template <typename T>
class NamedHandle : public Kernel {
 public:
  explicit NamedHandle(KernelInit& c) : name_{c.attr<std::string>("container"), c.attr<std::string>("shared_name")} {
    if (name_.name.empty()) name_.name = c.node().name();
  }
  Status compute(KernelContext& c) override {
    ResourceName name = name_;
    if (name.container.empty()) name.container = c.resources().default_container();
    c.set_output(0, Tensor::scalar(make_resource_handle<T>(*c.env().device, name, nullptr)));
    return OkStatus();
  }

 private:
  ResourceName name_;
};

// Is there a T behind input 0?
template <typename T>
class IsThere : public Kernel {
 public:
  explicit IsThere(KernelInit&) {}
  Status compute(KernelContext& c) override {
    *c.output(0).data<bool>() = resource_at<T>(c, 0).ok();
    return OkStatus();
  }
};

// Makes what the handle, input 0, is of; nothing where it is there already.
template <typename T>
Status create_resource(KernelContext& c, std::shared_ptr<T> made) {
  const ResourceHandle& handle = c.input(0).item<ResourceHandle>();
  if (!is_handle_of<T>(handle)) return wrong_resource_type(handle, T::kTypeName);
  return c.resources().lookup_or_create<T>(handle.container, handle.name, [&]() -> StatusOr<std::shared_ptr<T>> { return made; }).status();
}

// Inputs `first` to the last one have `rank`.
inline Status all_with_rank(ShapeContext& c, int first, int rank) {
  Shape unused;
  for (int i = first; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), rank, &unused));
  return OkStatus();
}

// All inputs and outputs are scalars.
inline Status all_scalars(ShapeContext& c) {
  RETURN_IF_ERROR(all_with_rank(c, 0, 0));
  return scalar_shape(c);
}

}  // namespace reflow::op
