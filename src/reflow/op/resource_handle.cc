#include "reflow/op/resource_handle.h"

#include "reflow/op/private_name.h"

namespace reflow::op {

ResourceName ResourceName::of(KernelContext& c) {
  const auto attr = [&](std::string_view name) {
    const AttrValue* value = c.node().find_attr(name);
    const std::string* text = value ? value->get<std::string>() : nullptr;
    return text ? *text : std::string();
  };
  ResourceName result{attr("container"), attr("shared_name")};
  if (result.container.empty()) result.container = c.resources().default_container();
  if (result.name.empty()) {
    result.is_private = true;
    result.name = private_resource_name(c.node().name());
  }
  return result;
}

Status wrong_resource_type(const ResourceHandle& handle, std::string_view wanted) {
  return invalid_argument("Trying to access resource using the wrong type. Expected {} got {}", handle.type_name, wanted);
}

}  // namespace reflow::op
