#include "reflow/client/template.h"

#include "reflow/client/collections.h"
#include "reflow/client/errors.h"

namespace reflow::client {
namespace {

std::unique_ptr<variable_scope> new_scope(const std::string& name, const TemplateOptions& options, bool at_once) {
  VariableScopeOptions scope_options{.custom_getter = options.custom_getter};
  if (at_once) scope_options.auxiliary_name_scope = false;
  if (options.unique_name) return std::make_unique<variable_scope>(*options.unique_name, scope_options);
  scope_options.default_name = name;
  return std::make_unique<variable_scope>(nullptr, scope_options);
}

}  // namespace

TemplateScope::TemplateScope(std::string name, TemplateOptions options)
    : name_(std::move(name)), options_(std::move(options)) {
  if (name_.empty()) throw ValueError("name cannot be None.");
  if (options_.create_scope_now) scope_ = new_scope(name_, options_, true)->scope();
}

TemplateScope::Call::Call(TemplateScope& owner)
    : owner_(owner), trainable_before_(get_collection<Variable>(GraphKeys::TRAINABLE_VARIABLES).size()) {
  if (owner.scope_) {
    scope_ = std::make_unique<variable_scope>(*owner.scope_, VariableScopeOptions{.reuse = owner.made_variables_});
  } else {
    scope_ = new_scope(owner.name_, owner.options_, false);
    owner.scope_ = scope_->scope();
  }
}

void TemplateScope::Call::finished() {
  const size_t now = get_collection<Variable>(GraphKeys::TRAINABLE_VARIABLES).size();
  if (owner_.made_variables_ && now != trainable_before_) {
    throw ValueError(
        "Trainable variable created when calling a template after the first time, perhaps you used tf.Variable when you "
        "meant tf.get_variable: " +
        get_collection<Variable>(GraphKeys::TRAINABLE_VARIABLES).back().name());
  }
  owner_.made_variables_ = true;
}

std::vector<Variable> TemplateScope::collected(const char* collection) const {
  if (!made_variables_) return {};
  const std::string& name = scope_->name();
  return get_collection<Variable>(collection, name.empty() ? "" : name + "/");
}

}  // namespace reflow::client
