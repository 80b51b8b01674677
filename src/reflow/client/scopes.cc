#include "reflow/client/scopes.h"

#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/trace.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/scope.h"

namespace reflow {
namespace {

bool valid_scope_name(std::string_view name, bool at_top) {
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    if (i == 0 && at_top ? !word : !word && c != '_' && c != '-' && c != '/' && c != '\\') return false;
  }
  return true;
}

}  // namespace

name_scope::name_scope(const std::string& name, const std::string& default_name) : graph_(get_default_graph()) {
  graph::Graph& graph = graph_.impl();
  graph::GraphScope& scope = graph.scope();
  const std::string& entered = name.empty() ? default_name : name;
  const bool is_empty = entered == graph::kEmptyName;
  if (!is_empty && !valid_scope_name(entered, scope.name_stack.empty())) {
    throw ValueError(fmt::format("'{}' is not a valid scope name", entered));
  }
  const std::lock_guard lock(graph.mutex());
  outer_ = scope.name_stack;
  scope.name_stack = graph::enter_name_scope(graph, entered);
  if (!scope.name_stack.empty()) name_ = scope.name_stack + "/";
  else if (is_empty) name_ = graph::kEmptyName;  // an op that is given this name can't be made
}

name_scope::~name_scope() { graph_.impl().scope().name_stack = std::move(outer_); }

device::device(const std::string& device_name) : graph_(get_default_graph()) {
  auto& devices = graph_.impl().scope().devices;
  depth_ = devices.size();
  devices.push_back({.spec = device_name});
}

device::device(std::nullptr_t) : graph_(get_default_graph()) {
  auto& devices = graph_.impl().scope().devices;
  depth_ = devices.size();
  devices.push_back({.resets = true});
}

device::device(std::function<std::string(const Operation&)> device_function) : graph_(get_default_graph()) {
  auto& devices = graph_.impl().scope().devices;
  depth_ = devices.size();
  devices.push_back({.fn = [device_function = std::move(device_function)](const graph::Node& node) {
    return device_function(Operation(const_cast<graph::Node*>(&node)));
  }});
}

device::~device() { graph_.impl().scope().devices.resize(depth_); }

// What control_dependencies(nullptr) puts back.
struct control_dependencies::Saved {
  std::vector<graph::GraphScope::ControlDependencies> outer;
  graph::ControlFlowContext* context = nullptr;
  bool clears = false;
};

control_dependencies::control_dependencies(const std::vector<GraphElement>& control_inputs)
    : graph_(get_default_graph()), saved_(std::make_unique<Saved>()) {
  graph::GraphScope::ControlDependencies entry;
  // Where ops run at once, those before have run.
  const bool waits = !graph::is_immediate(graph_.impl());
  for (const GraphElement& element : waits ? control_inputs : std::vector<GraphElement>()) {
    if (&element.node()->graph() != &graph_.impl()) {
      function::Trace* const trace = function::Trace::of(graph_.impl());
      if (trace && trace->capture_control(element.node())) continue;
      const std::string what = element.is_operation() ? fmt::format("<tf.Operation '{}' type={}>",
          element.node()->name(),
                                                                    element.node()->type())
                                                      : client::python_tensor(element.output());
      throw ValueError(fmt::format("Tensor {} is not an element of this graph.", what));
    }
    entry.inputs.push_back(element.node());
  }
  graph_.impl().scope().control_dependencies.push_back(std::move(entry));
}

control_dependencies::control_dependencies(std::nullptr_t)
    : graph_(get_default_graph()), saved_(std::make_unique<Saved>()) {
  graph::GraphScope& scope = graph_.impl().scope();
  saved_->clears = true;
  saved_->outer = std::exchange(scope.control_dependencies, {});
  saved_->context = std::exchange(scope.context, nullptr);
}

control_dependencies::~control_dependencies() {
  graph::GraphScope& scope = graph_.impl().scope();
  if (saved_->clears) {
    scope.control_dependencies = std::move(saved_->outer);
    scope.context = saved_->context;
  } else {
    scope.control_dependencies.pop_back();
  }
}

// Device scopes don't reach into colocate_with.
struct colocate_with::Saved {
  std::vector<graph::GraphScope::Device> devices;
  std::vector<graph::GraphScope::Colocation> colocation;
};

colocate_with::colocate_with(const GraphElement& op, bool ignore_existing)
    : graph_(get_default_graph()), saved_(std::make_unique<Saved>()) {
  enter(op.node(), ignore_existing);
}

colocate_with::colocate_with(std::nullptr_t, bool ignore_existing)
    : graph_(get_default_graph()), saved_(std::make_unique<Saved>()) {
  if (!ignore_existing) throw ValueError("Trying to reset colocation (op is None) but ignore_existing is not True");
  enter(nullptr, true);
}

void colocate_with::enter(graph::Node* node, bool ignore_existing) {
  graph::GraphScope& scope = graph_.impl().scope();
  saved_->devices = std::exchange(scope.devices, {});
  saved_->colocation = scope.colocation;
  if (ignore_existing) scope.colocation.clear();
  if (node) scope.colocation.push_back({.node = node, .ignores_existing = ignore_existing});
}

colocate_with::~colocate_with() {
  graph::GraphScope& scope = graph_.impl().scope();
  scope.devices = std::move(saved_->devices);
  scope.colocation = std::move(saved_->colocation);
}

container::container(const std::string& name) : graph_(get_default_graph()) {
  outer_ = std::exchange(graph_.impl().scope().container, name);
}

container::~container() { graph_.impl().scope().container = std::move(outer_); }

gradient_override_map::gradient_override_map(std::initializer_list<std::pair<std::string, std::string>> op_type_map)
    : graph_(get_default_graph()) {
  auto& overrides = graph_.impl().scope().gradient_overrides;
  depth_ = overrides.size();
  overrides.insert(overrides.end(), op_type_map.begin(), op_type_map.end());
}

gradient_override_map::~gradient_override_map() { graph_.impl().scope().gradient_overrides.resize(depth_); }

}  // namespace reflow
