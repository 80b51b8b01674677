#include "reflow/op/kernel_registry.h"
#include "reflow/op/memory_errors.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <unordered_map>

namespace reflow::op {

struct KernelRegistry::Impl {
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  absl::flat_hash_map<std::string, std::vector<std::unique_ptr<KernelDef>>> kernels;
  // Node-based: registrars hold references while others are added.
  std::unordered_map<std::string, OpTraits, Hash, std::equal_to<>> traits;
};

KernelRegistry::KernelRegistry() : impl_(new Impl) {}

KernelRegistry& KernelRegistry::global() {
  static auto* registry = new KernelRegistry;
  return *registry;
}

void KernelRegistry::add(KernelDef def) {
  auto& list = impl_->kernels[def.op];
  list.push_back(std::make_unique<KernelDef>(std::move(def)));
}

OpTraits& KernelRegistry::traits_of(std::string_view op) { return impl_->traits[std::string(op)]; }

const OpTraits& KernelRegistry::traits(std::string_view op) const {
  static const OpTraits kDefault;
  const auto found = impl_->traits.find(op);
  return found == impl_->traits.end() ? kDefault : found->second;
}

std::vector<const KernelDef*> KernelRegistry::kernels_of(std::string_view op) const {
  std::vector<const KernelDef*> result;
  const auto found = impl_->kernels.find(std::string(op));
  if (found == impl_->kernels.end()) return result;
  for (const auto& kernel : found->second) result.push_back(kernel.get());
  return result;
}

namespace {

bool type_allowed(const AttrValue* value, const std::vector<DType>& types) {
  const auto allowed = [&](DType t) { return std::find(types.begin(), types.end(), base_type(t)) != types.end(); };
  if (value == nullptr) return false;
  if (const DType* type = value->get<DType>()) return allowed(*type);
  if (const auto* list = value->get<std::vector<DType>>()) return std::all_of(list->begin(), list->end(), allowed);
  return false;
}

bool matches(const KernelDef& kernel, const Node& node, std::string_view device_type) {
  if (kernel.device != device_type) return false;
  return std::all_of(kernel.constraints.begin(), kernel.constraints.end(), [&](const auto& constraint) {
    return type_allowed(node.find_attr(constraint.first), constraint.second);
  });
}

std::string describe(const KernelDef& kernel) {
  std::string text = fmt::format("device='{}'", kernel.device);
  for (const auto& [attr, types] : kernel.constraints) {
    text += fmt::format("; {} in [", attr);
    for (size_t i = 0; i < types.size(); ++i) text += (i ? ", " : "") + dtype_enum_name(types[i]);
    text += "]";
  }
  return text;
}

Status no_kernel(const Node& node, const std::vector<const KernelDef*>& kernels) {
  std::string attrs, registered;
  for (const auto& [name, value] : node.attrs()) {
    if (name.starts_with('_')) continue;
    attrs += (attrs.empty() ? "" : ", ") + name + "=" + value.str();
  }
  for (const KernelDef* kernel : kernels) registered += "  " + describe(*kernel) + "\n";
  if (registered.empty()) registered = "  <no registered kernels>\n";
  return invalid_argument(
      "No OpKernel was registered to support Op '{}' used by {{{{node {}}}}}with these attrs: [{}]\n"
      "Registered devices: [CPU]\nRegistered kernels:\n{}",
      node.type(), node.name(), attrs, registered);
}

}  // namespace

bool KernelRegistry::has_kernel(const Node& node, std::string_view device_type) const {
  const auto found = impl_->kernels.find(node.type());
  return found != impl_->kernels.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const auto& kernel) { return matches(*kernel, node, device_type); });
}

StatusOr<const KernelDef*> KernelRegistry::find(const Node& node, std::string_view device_type) const {
  const AttrValue* label_attr = node.find_attr("_kernel");
  const std::string* label = label_attr ? label_attr->get<std::string>() : nullptr;
  const auto found = impl_->kernels.find(node.type());
  if (found != impl_->kernels.end()) {
    for (const auto& kernel : found->second) {
      if (kernel->label == (label ? *label : std::string()) && matches(*kernel, node, device_type)) return kernel.get();
    }
  }
  return no_kernel(node, kernels_of(node.type()));
}

StatusOr<std::unique_ptr<Kernel>> make_kernel(const Node& node, Device* device, FunctionRunner* functions) {
  ASSIGN_OR_RETURN(const KernelDef* def, KernelRegistry::global().find(node, device ? device->type() : kCpu));
  KernelInit init(node, device, functions);
  return with_memory_errors([&]() -> StatusOr<std::unique_ptr<Kernel>> {
    std::unique_ptr<Kernel> kernel = def->make(init);
    RETURN_IF_ERROR(init.status());
    return kernel;
  });
}

}  // namespace reflow::op
