#pragma once

// Functions that share their variables from call to call: tf.make_template.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/variable_scope.h"

namespace reflow {

struct TemplateOptions {
  bool create_scope_now = false;           // the scope is where make_template is called; else where the first call is
  std::optional<std::string> unique_name;  // of the scope; ValueError where that is taken. Default: `name` made unique
  CustomGetter custom_getter;
};

namespace client {

// What a template keeps between calls.
class TemplateScope {
 public:
  TemplateScope(std::string name, TemplateOptions options);
  // The scope of a call, and what it is told how it went.
  class [[nodiscard]] Call {
   public:
    explicit Call(TemplateScope& owner);
    // ValueError: a call after the first has made trainable variables that get_variable doesn't know.
    void finished();

   private:
    TemplateScope& owner_;
    std::unique_ptr<variable_scope> scope_;
    size_t trainable_before_;
  };
  const std::string& name() const { return name_; }
  const std::optional<VariableScope>& scope() const { return scope_; }
  std::vector<Variable> collected(const char* collection) const;

 private:
  std::string name_;
  TemplateOptions options_;
  std::optional<VariableScope> scope_;
  bool made_variables_ = false;
};

}  // namespace client

// A function with a variable scope of its own: the first call makes variables by get_variable, others take them again. A
// handle; not for several threads at once.
template <typename F>
class Template {
 public:
  Template(const std::string& name, F func, TemplateOptions options = {})
      : func_(std::move(func)), scope_(std::make_shared<client::TemplateScope>(name, std::move(options))) {}

  template <typename... Args>
  auto operator()(Args&&... args) const {
    client::TemplateScope::Call call(*scope_);
    auto result = func_(std::forward<Args>(args)...);
    call.finished();
    return result;
  }

  const std::string& name() const { return scope_->name(); }
  // Unset until the first call, unless it was made at once.
  const std::optional<VariableScope>& variable_scope() const { return scope_->scope(); }
  std::vector<Variable> trainable_variables() const { return scope_->collected("trainable_variables"); }
  std::vector<Variable> global_variables() const { return scope_->collected("variables"); }
  std::vector<Variable> local_variables() const { return scope_->collected("local_variables"); }

 private:
  F func_;
  std::shared_ptr<client::TemplateScope> scope_;
};

template <typename F>
Template<F> make_template(const std::string& name, F func, TemplateOptions options = {}) {
  return Template<F>(name, std::move(func), std::move(options));
}

}  // namespace reflow
