#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/node.h"

namespace reflow::graph {

// A device function of a user: given the node as it will be made, the device to merge in.
using DeviceFn = std::function<std::string(const Node& node)>;

// One thread's stacks while it builds a graph: what each new op gets besides its own arguments. The RAII scopes of the
// client (tf::name_scope, tf::device, tf::control_dependencies, tf::colocate_with) push and pop here; create_op reads.
struct GraphScope {
  // "" at the top, else "outer/inner" (no trailing slash).
  std::string name_stack;

  struct Device {
    std::string spec;   // merged into what inner scopes say; used when fn is empty
    DeviceFn fn;
    bool resets = false;  // device(None): forgets the outer ones
  };
  std::vector<Device> devices;  // innermost last

  // control_dependencies: the nodes of each nested block; `clears` is control_dependencies(None), which also leaves the
  // control-flow context. `seen` are ops made within the block: they need no edge to inputs that depend on it already.
  struct ControlDependencies {
    std::vector<Node*> inputs;
    bool clears = false;
    ControlFlowContext* saved_context = nullptr;
    std::vector<const Node*> seen;
  };
  std::vector<ControlDependencies> control_dependencies;

  struct Colocation {
    Node* node = nullptr;  // null: colocate_with(None, ignore_existing=True)
    bool ignores_existing = false;
  };
  std::vector<Colocation> colocation;

  // Attributes put on every op made: Graph._attr_scope.
  std::vector<AttrMap> attrs;
  // gradient_override_map and _kernel_label_map, innermost last: op type -> name.
  std::vector<std::pair<std::string, std::string>> gradient_overrides, kernel_labels;
  // Container of stateful ops: tf.container.
  std::string container;

  ControlFlowContext* context = nullptr;  // of the cond branch or loop being built

  // What the client keeps here: the current variable scope. Opaque to graph/.
  std::shared_ptr<void> variable_scope;
};

// "outer" entered as tf.name_scope does: a name that ends in '/' is taken as it is, "" or null leads to the top, else it
// is made unique below the current scope. Returns the new name_stack.
std::string enter_name_scope(Graph& graph, std::string_view name);

// Whether a node may be called that: a letter, digit or dot first, then these or any of "_-/".
bool is_valid_op_name(std::string_view name);
// What enter_name_scope may be given in the current scope; below another one it may begin with any of "_-/" too.
// InvalidArgument: "'{}' is not a valid scope name".
Status check_scope_name(Graph& graph, std::string_view name);

}  // namespace reflow::graph
