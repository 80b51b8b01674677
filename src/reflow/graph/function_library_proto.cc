#include "reflow/graph/function_library.h"

#include <google/protobuf/util/message_differencer.h>

#include <map>

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
};

FunctionLibrary::FunctionLibrary() : impl_(new Impl) {}
FunctionLibrary::~FunctionLibrary() = default;

Status FunctionLibrary::add(const tensorflow::FunctionDef& function) {
  const std::string& name = function.signature().name();
  OpDef op;
  RETURN_IF_ERROR(op_def_from_proto(function.signature(), &op));
  const std::lock_guard lock(impl_->mutex);
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
}

Status FunctionLibrary::add_gradient(const tensorflow::GradientDef& gradient) {
  const std::lock_guard lock(impl_->mutex);
  const auto [it, is_new] = impl_->gradients.try_emplace(gradient.function_name(), gradient.gradient_func());
  if (is_new || it->second == gradient.gradient_func()) return OkStatus();
  return invalid_argument("Cannot assign gradient function '{}' to '{}' because it already has gradient function '{}'",
                          gradient.gradient_func(), gradient.function_name(), it->second);
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
