#include "reflow/client/variable_scope.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_store.h"
#include "reflow/graph/scope.h"

namespace reflow {
namespace client {

VariableScopeStack& variable_scope_stack(graph::Graph& graph) {
  std::shared_ptr<void>& slot = graph.scope().variable_scope;
  if (!slot) slot = std::make_shared<VariableScopeStack>();
  return *static_cast<VariableScopeStack*>(slot.get());
}

namespace {

// `prefix`, or prefix_1, ...: the first below the current scope that hasn't been opened.
std::string unique_scope_name(const VariableScopeStack& stack, const std::string& prefix) {
  const std::string name = stack.current->name.empty() ? prefix : stack.current->name + "/" + prefix;
  const auto is_free = [&](const std::string& candidate) {
    const auto it = stack.counts.find(candidate);
    return it == stack.counts.end() || it->second == 0;
  };
  if (is_free(name)) return prefix;
  int i = 1;
  while (!is_free(fmt::format("{}_{}", name, i))) ++i;
  return fmt::format("{}_{}", prefix, i);
}

void override_defaults(VariableScopeState& state, const VariableScopeOptions& options) {
  if (!options.initializer.is_none()) state.initializer = options.initializer;
  if (options.regularizer) state.regularizer = options.regularizer;
  if (options.caching_device) state.caching_device = options.caching_device;
  if (options.dtype != DType::kInvalid) state.dtype = options.dtype;
  if (options.use_resource) state.use_resource = options.use_resource;
  if (options.constraint) state.constraint = options.constraint;
  if (options.partitioner) state.partitioner = options.partitioner;
  if (options.custom_getter) {
    const CustomGetter outer = state.custom_getter;
    if (!outer) {
      state.custom_getter = options.custom_getter;
    } else {
      state.custom_getter = [inner = options.custom_getter, outer](const VariableGetter& getter, const std::string& name,
                                                                   const GetVariableCall& call) {
        return inner([&](const std::string& n, const GetVariableCall& c) { return outer(getter, n, c); }, name, call);
      };
    }
  }
}

bool is_set(const std::optional<Reuse>& reuse) { return reuse && !reuse->is_false(); }

}  // namespace
}  // namespace client

const std::string& VariableScope::name() const { return state_->name; }
const std::string& VariableScope::original_name_scope() const { return state_->name_scope; }
Reuse VariableScope::reuse() const { return state_->reuse; }
const Initializer& VariableScope::initializer() const { return state_->initializer; }
const Regularizer& VariableScope::regularizer() const { return state_->regularizer; }
DType VariableScope::dtype() const { return state_->dtype; }
std::optional<bool> VariableScope::use_resource() const { return state_->use_resource; }
const Partitioner& VariableScope::partitioner() const { return state_->partitioner; }
const CustomGetter& VariableScope::custom_getter() const { return state_->custom_getter; }
const std::optional<std::string>& VariableScope::caching_device() const { return state_->caching_device; }
const std::function<Output(const Output&)>& VariableScope::constraint() const { return state_->constraint; }
void VariableScope::set_partitioner(Partitioner partitioner) { state_->partitioner = std::move(partitioner); }
void VariableScope::set_custom_getter(CustomGetter custom_getter) { state_->custom_getter = std::move(custom_getter); }
void VariableScope::set_caching_device(std::string caching_device) {
  state_->caching_device = std::move(caching_device);
}
void VariableScope::reuse_variables() { state_->reuse = true; }
void VariableScope::set_initializer(Initializer initializer) { state_->initializer = std::move(initializer); }
void VariableScope::set_regularizer(Regularizer regularizer) { state_->regularizer = std::move(regularizer); }
void VariableScope::set_dtype(DType dtype) { state_->dtype = dtype; }
void VariableScope::set_use_resource(bool use_resource) { state_->use_resource = use_resource; }

// What the end of the scope puts back.
struct variable_scope::Saved {
  Graph graph = get_default_graph();
  std::optional<class name_scope> name_scope;
  std::shared_ptr<client::VariableScopeState> outer;
  std::optional<std::map<std::string, int>> counts;  // of a scope that was entered again
};

variable_scope::variable_scope(const std::string& name, const VariableScopeOptions& options) : scope_(nullptr) {
  enter(&name, nullptr, options);
}
variable_scope::variable_scope(const VariableScope& scope, const VariableScopeOptions& options) : scope_(nullptr) {
  enter(nullptr, &scope, options);
}
variable_scope::variable_scope(std::nullptr_t, const VariableScopeOptions& options) : scope_(nullptr) {
  enter(nullptr, nullptr, options);
}

void variable_scope::enter(const std::string* name, const VariableScope* scope, const VariableScopeOptions& options) {
  if (!name && !scope && options.default_name.empty()) {
    throw TypeError("If default_name is None then name_or_scope is required");
  }
  if (!name && !scope && client::is_set(options.reuse)) {
    throw ValueError("reuse=True cannot be used without a name_or_scope");
  }
  saved_ = std::make_unique<Saved>();
  client::VariableScopeStack& stack = client::variable_scope_stack(saved_->graph.impl());

  // The name scope: the last part of the name, or the one that is current.
  std::string name_scope_name = name ? *name : scope ? scope->name().substr(scope->name().rfind('/') + 1)
                                                     : options.default_name;
  bool enters_name_scope = !name_scope_name.empty();
  if (!options.auxiliary_name_scope) {
    name_scope_name = saved_->graph.get_name_scope();
    if (!name_scope_name.empty()) name_scope_name += "/";
    enters_name_scope = true;
  }
  if (enters_name_scope) saved_->name_scope.emplace(name_scope_name);

  saved_->outer = stack.current;
  auto state = std::make_shared<client::VariableScopeState>(scope ? scope->state() : *stack.current);
  if (scope) {
    if (client::is_set(options.reuse)) state->reuse = *options.reuse;
    saved_->counts = stack.counts;
    ++(*saved_->counts)[state->name];
    ++stack.counts[state->name];
  } else {
    const std::string own = name ? *name : client::unique_scope_name(stack, options.default_name);
    state->name = stack.current->name.empty() ? own : stack.current->name + "/" + own;
    if (client::is_set(options.reuse)) state->reuse = *options.reuse;
    state->name_scope = saved_->name_scope ? saved_->name_scope->name() : own;
    ++stack.counts[state->name];
  }
  client::override_defaults(*state, options);
  stack.current = state;
  scope_ = VariableScope(std::move(state));
}

variable_scope::~variable_scope() {
  client::VariableScopeStack& stack = client::variable_scope_stack(saved_->graph.impl());
  if (saved_->counts) {
    stack.counts = std::move(*saved_->counts);
  } else {
    const std::string prefix = stack.current->name + "/";
    for (auto it = stack.counts.lower_bound(prefix); it != stack.counts.end() && it->first.starts_with(prefix);) {
      it = stack.counts.erase(it);
    }
  }
  stack.current = std::move(saved_->outer);
}

VariableScope get_variable_scope() {
  return VariableScope(client::variable_scope_stack(client::default_graph()).current);
}

}  // namespace reflow
