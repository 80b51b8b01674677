#include "reflow/eager/kernel_cache.h"

#include <algorithm>

#include "reflow/op/function_runner.h"

namespace reflow::eager {
namespace {

using graph::AttrValue;

size_t mix(size_t hash, size_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

// Equal values have equal hashes; kinds of which few ops have many are all one.
size_t hash_of(const AttrValue& value) {
  size_t hash = value.variant().index();
  if (const auto* number = value.get<int64_t>()) hash = mix(hash, static_cast<size_t>(*number));
  else if (const auto* type = value.get<DType>()) hash = mix(hash, static_cast<size_t>(*type));
  else if (const auto* flag = value.get<bool>()) hash = mix(hash, *flag);
  else if (const auto* real = value.get<float>()) hash = mix(hash, std::hash<float>()(*real));
  else if (const auto* text = value.get<std::string>()) hash = mix(hash, std::hash<std::string>()(*text));
  else if (const auto* list = value.get<std::vector<int64_t>>()) {
    for (const int64_t number : *list) hash = mix(hash, static_cast<size_t>(number));
  } else if (const auto* types = value.get<std::vector<DType>>()) {
    for (const DType type : *types) hash = mix(hash, static_cast<size_t>(type));
  }
  return hash;
}

bool is_nameless(const graph::Node& node, const char* attr) {
  const AttrValue* value = node.find_attr(attr);
  const auto* name = value ? value->get<std::string>() : nullptr;
  return name && name->empty();
}

bool needs_its_own(const graph::Node& node) {
  const bool holds_tensors = std::ranges::any_of(node.attrs(), [](const auto& entry) {
    return entry.second.template get<Tensor>() || entry.second.template get<std::vector<Tensor>>();
  });
  return holds_tensors || (node.op().is_stateful && is_nameless(node, "shared_name"));
}

}  // namespace

size_t KernelCache::Hash::operator()(const KeyView& key) const {
  size_t hash = reinterpret_cast<size_t>(key.op) >> 4;
  for (const auto& [name, value] : *key.attrs) hash = mix(hash, hash_of(value));
  return hash;
}

StatusOr<CachedKernel> KernelCache::make(const graph::Node& node) const {
  CachedKernel cached;
  if (graph::OpRegistry::global().find(node.type()) != &node.op()) {  // a function called by its name
    op::KernelInit init(node, device_, functions_);
    cached.kernel = op::make_call_kernel(init);
    RETURN_IF_ERROR(init.status());
  } else {
    if (!op::KernelRegistry::global().has_kernel(node, op::kCpu)) return no_kernel(node.type());
    ASSIGN_OR_RETURN(cached.kernel, op::make_kernel(node, device_, functions_));
  }
  cached.traits = &op::KernelRegistry::global().traits(node.type());
  return cached;
}

StatusOr<CachedKernel> KernelCache::find_or_make(const graph::Node& node) {
  if (needs_its_own(node)) return make(node);
  const KeyView key{&node.op(), &node.attrs()};
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = kernels_.find(key); known != kernels_.end()) {
      ++known->second.uses;
      return known->second;
    }
  }
  ASSIGN_OR_RETURN(CachedKernel made, make(node));
  const std::lock_guard lock(mutex_);
  if (kernels_.size() >= kManyKernels) drop_those_used_once();
  // Another thread may have been faster: its kernel is then the one.
  return kernels_.try_emplace(Key{key.op, *key.attrs}, std::move(made)).first->second;
}

// Random ops without a seed of their own have a new seed each time, so that their kernels are never used again.
void KernelCache::drop_those_used_once() {
  absl::erase_if(kernels_, [](const auto& entry) { return entry.second.uses == 0; });
}

Status KernelCache::no_kernel(const std::string& op) {
  std::string text = fmt::format(
      "Could not find valid device for node.\nNode:{{{{node {}}}}}\nAll kernels registered for op {} :\n", op, op);
  const std::vector<const op::KernelDef*> kernels = op::KernelRegistry::global().kernels_of(op);
  for (const op::KernelDef* kernel : kernels) {
    text += fmt::format("  device='{}'", kernel->device);
    for (const auto& [attr, types] : kernel->constraints) {
      std::string names;
      for (const DType type : types) names += (names.empty() ? "" : ", ") + dtype_enum_name(type);
      text += fmt::format("; {} in [{}]", attr, names);
    }
    text += "\n";
  }
  if (kernels.empty()) text += "  <no registered kernels>\n";
  return make_status(StatusCode::kNotFound, text);
}

void KernelCache::clear() {
  const std::lock_guard lock(mutex_);
  kernels_.clear();
}

size_t KernelCache::size() const {
  const std::lock_guard lock(mutex_);
  return kernels_.size();
}

}  // namespace reflow::eager
