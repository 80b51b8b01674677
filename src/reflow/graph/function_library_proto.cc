#include "reflow/graph/function_library.h"

#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <set>
#include <unordered_map>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/function.pb.h"

namespace reflow::graph {

struct FunctionLibrary::Impl {
  struct Entry {
    tensorflow::FunctionDef def;
    OpDef op;
  };
  mutable std::mutex mutex;
  std::map<std::string, Entry, std::less<>> functions;  // entries never move
  std::map<std::string, std::string, std::less<>> gradients;
  std::unordered_map<std::string, std::vector<Shape>> call_shapes;
};

FunctionLibrary::FunctionLibrary() : impl_(new Impl) {}
FunctionLibrary::~FunctionLibrary() = default;

Status FunctionLibrary::add(const tensorflow::FunctionDef& function) {
  const std::string& name = function.signature().name();
  OpDef op;
  RETURN_IF_ERROR(op_def_from_proto(function.signature(), &op));
  const std::lock_guard lock(impl_->mutex);
  // Signatures don't always say it.
  for (const tensorflow::NodeDef& node : function.node_def()) {
    const OpDef* called = OpRegistry::global().find(node.op());
    if (const auto known = impl_->functions.find(node.op()); known != impl_->functions.end()) called = &known->second.op;
    op.is_stateful = op.is_stateful || (called != nullptr && called->is_stateful);
  }
  const auto [it, is_new] = impl_->functions.try_emplace(name);
  if (is_new) {
    it->second = {function, std::move(op)};
    return OkStatus();
  }
  if (google::protobuf::util::MessageDifferencer::Equals(it->second.def, function)) return OkStatus();
  return invalid_argument(
      "Cannot add function '{}' because a different function with the same name already exists.", name);
}

void FunctionLibrary::remove(std::string_view name) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto it = impl_->functions.find(name); it != impl_->functions.end()) impl_->functions.erase(it);
  impl_->call_shapes.clear();
}

Status FunctionLibrary::add_gradient(const tensorflow::GradientDef& gradient) {
  const std::lock_guard lock(impl_->mutex);
  const auto [it, is_new] = impl_->gradients.try_emplace(gradient.function_name(), gradient.gradient_func());
  if (is_new || it->second == gradient.gradient_func()) return OkStatus();
  return invalid_argument("Cannot assign gradient function '{}' to '{}' because it already has gradient function '{}'",
                          gradient.gradient_func(), gradient.function_name(), it->second);
}

Status FunctionLibrary::add_gradient(const std::string& function, const std::string& gradient) {
  tensorflow::GradientDef def;
  def.set_function_name(function);
  def.set_gradient_func(gradient);
  return add_gradient(def);
}

Status FunctionLibrary::find(std::string_view name, tensorflow::FunctionDef* function) const {
  const std::lock_guard lock(impl_->mutex);
  const auto it = impl_->functions.find(name);
  if (it == impl_->functions.end()) return not_found("Function {} is not defined.", name);
  *function = it->second.def;
  return OkStatus();
}

const OpDef* FunctionLibrary::find_op(std::string_view name) const {
  const std::lock_guard lock(impl_->mutex);
  const auto it = impl_->functions.find(name);
  return it == impl_->functions.end() ? nullptr : &it->second.op;
}

bool FunctionLibrary::contains(std::string_view name) const { return find_op(name) != nullptr; }

std::string FunctionLibrary::gradient_of(std::string_view name) const {
  const std::lock_guard lock(impl_->mutex);
  const auto it = impl_->gradients.find(name);
  return it == impl_->gradients.end() ? std::string() : it->second;
}

std::vector<std::string> FunctionLibrary::names() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, entry] : impl_->functions) names.push_back(name);
  return names;
}

namespace {

void add_names(const NameAttrList& f, std::vector<std::string>* names) {
  names->push_back(f.name);
  for (const auto& [attr, value] : f.attrs ? *f.attrs : AttrMap()) {
    if (const auto* inner = value.get<NameAttrList>()) add_names(*inner, names);
  }
}

void add_names(const tensorflow::NameAttrList& f, std::vector<std::string>* names) {
  names->push_back(f.name());
  for (const auto& [attr, value] : f.attr()) {
    if (value.has_func()) add_names(value.func(), names);
  }
}

}  // namespace

bool FunctionLibrary::any_op_within(const NameAttrList& function,
                                    const std::function<bool(const std::string&)>& is_such) const {
  std::vector<std::string> to_visit;
  add_names(function, &to_visit);
  std::set<std::string> visited;
  const std::lock_guard lock(impl_->mutex);
  while (!to_visit.empty()) {
    const std::string name = std::move(to_visit.back());
    to_visit.pop_back();
    const auto found = impl_->functions.find(name);
    if (found == impl_->functions.end() || !visited.insert(name).second) continue;
    for (const tensorflow::NodeDef& node : found->second.def.node_def()) {
      if (is_such(node.op())) return true;
      to_visit.push_back(node.op());
      for (const auto& [attr, value] : node.attr()) {
        if (value.has_func()) add_names(value.func(), &to_visit);
        for (const auto& f : value.list().func()) add_names(f, &to_visit);
      }
    }
  }
  return false;
}

std::optional<std::vector<Shape>> FunctionLibrary::known_call_shapes(const std::string& call) const {
  const std::lock_guard lock(impl_->mutex);
  const auto it = impl_->call_shapes.find(call);
  return it == impl_->call_shapes.end() ? std::nullopt : std::optional(it->second);
}

void FunctionLibrary::remember_call_shapes(const std::string& call, std::vector<Shape> shapes) const {
  constexpr size_t kMost = 10'000;  // calls in loops, each with other shapes, are not to fill the memory
  const std::lock_guard lock(impl_->mutex);
  if (impl_->call_shapes.size() >= kMost) impl_->call_shapes.clear();
  impl_->call_shapes.insert_or_assign(call, std::move(shapes));
}

void FunctionLibrary::to_proto(tensorflow::FunctionDefLibrary* proto) const {
  const std::lock_guard lock(impl_->mutex);
  for (const auto& [name, entry] : impl_->functions) *proto->add_function() = entry.def;
  for (const auto& [name, gradient] : impl_->gradients) {
    tensorflow::GradientDef* added = proto->add_gradient();
    added->set_function_name(name);
    added->set_gradient_func(gradient);
  }
}

Status FunctionLibrary::add_all(const tensorflow::FunctionDefLibrary& proto) {
  for (const auto& function : proto.function()) RETURN_IF_ERROR(add(function));
  for (const auto& gradient : proto.gradient()) RETURN_IF_ERROR(add_gradient(gradient));
  return OkStatus();
}

}  // namespace reflow::graph
