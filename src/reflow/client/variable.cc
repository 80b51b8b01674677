#include "reflow/client/variable.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/trace.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/resource_variables.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_scope.h"
#include "reflow/client/variable_state.h"
#include "reflow/client/variable_store.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/scope.h"
#include "reflow/op/private_name.h"

namespace reflow {
namespace client {
namespace {

// Puts "_class": ["loc:@NAME"] on ops that are made before the variable NAME is, and leaves device scopes.
class InitializerScope {
 public:
  InitializerScope(graph::GraphScope& scope, const std::string& variable_name) : scope_(scope) {
    scope_.attrs.push_back({{"_class", std::vector<std::string>{"loc:@" + variable_name}}});
  }
  ~InitializerScope() { scope_.attrs.pop_back(); }

 private:
  graph::GraphScope& scope_;
};

std::string without_slash(const std::string& scope_name) { return scope_name.substr(0, scope_name.size() - 1); }

[[noreturn]] void throw_inside_control_flow(const std::string& name) {
  throw ValueError(fmt::format(
      "Initializer for variable {} is from inside a control-flow construct, such as a loop or conditional. When "
      "creating a variable inside a loop or conditional, use a lambda as the initializer.", name));
}

Output initial_value_from(const std::function<TensorLike()>& fn, DType dtype) {
  const name_scope scope("Initializer");
  const device anywhere(nullptr);
  return convert(fn(), dtype, "initial_value");
}

Output read_snapshot(const VariableState& v, const VariableOptions& options) {
  if (options.caching_device) {
    const device cached(*options.caching_device);
    return apply_op("Identity", "read", {v.ref});
  }
  const colocate_with colocated(v.ref);
  return apply_op("Identity", "read", {v.ref});
}

void init_ref_variable(VariableState& v, const TensorLike* value, const std::function<TensorLike()>& fn,
                       const VariableOptions& options) {
  const name_scope scope(options.name, "Variable");
  const std::string name = without_slash(scope.name());
  const auto make_variable = [&] {
    v.shape = options.validate_shape ? v.initial_value.shape() : Shape::unknown();
    v.dtype = base_type(v.initial_value.dtype());
    v.ref = apply_op("VariableV2", scope.name(), {}, {{"shape", v.shape}, {"dtype", v.dtype}});
  };
  if (value) {
    v.initial_value = convert(*value, options.dtype, "initial_value");
    if (v.initial_value.node()->context()) throw_inside_control_flow(scope.name());
    make_variable();
  } else {
    const InitializerScope located(default_graph().scope(), name);
    v.initial_value = initial_value_from(fn, options.dtype);
    make_variable();
  }
  if (options.validate_shape && !v.initial_value.shape().fully_defined()) {
    throw ValueError("initial_value must have a shape specified: " + python_tensor(v.initial_value));
  }
  v.initializer = assign(v.ref, guard_initial_value(scope.name(), v.initial_value),
                         {.validate_shape = options.validate_shape}).op();
  v.snapshot = read_snapshot(v, options);
}

void init_resource_variable(VariableState& v, const TensorLike* value, const std::function<TensorLike()>& fn,
                            const VariableOptions& options) {
  const name_scope scope(options.name, "Variable");
  const std::string name = without_slash(scope.name());
  {
    const InitializerScope located(default_graph().scope(), name);
    if (value) {
      const name_scope initializer("Initializer");
      const device anywhere(nullptr);
      v.initial_value = convert(*value, options.dtype, "initial_value");
      if (v.initial_value.node()->context()) throw_inside_control_flow(scope.name());
    } else {
      v.initial_value = initial_value_from(fn, options.dtype);
    }
    v.shape = options.validate_shape ? v.initial_value.shape() : Shape::unknown();
    v.dtype = base_type(v.initial_value.dtype());
    v.ref = apply_op("VarHandleOp", scope.name(), {},
                     {{"shape", v.shape}, {"dtype", v.dtype}, {"shared_name", name},
                      {"container", default_graph().scope().container}});
  }
  {
    const name_scope inner("IsInitialized");
    v.is_initialized = apply_op("VarIsInitializedOp", "", {v.ref});
  }
  {
    const name_scope inner("Assign");
    const colocate_with none(nullptr, true);
    const device placed(v.ref.device());
    v.initializer = Operation(make_op("AssignVariableOp", inner.name(),
                                      {v.ref, guard_initial_value(scope.name(), v.initial_value)}));
  }
  const name_scope inner("Read");
  {
    const device placed(v.ref.device());
    v.snapshot = apply_op("ReadVariableOp", "", {v.ref}, {{"dtype", v.dtype}});
  }
  if (options.caching_device) {
    const colocate_with none(nullptr, true);
    const device cached(*options.caching_device);
    v.cached = apply_op("Identity", "", {v.snapshot});
  }
}

// A handle of its own, which nobody finds by name, and a value at once.
void init_eager_variable(const std::shared_ptr<VariableState>& state, const TensorLike* value,
                         const std::function<TensorLike()>& fn, const VariableOptions& options) {
  VariableState& v = *state;
  const name_scope scope(options.name, "Variable");
  const Output initial = value ? convert(*value, options.dtype, "initial_value") : initial_value_from(fn, options.dtype);
  v.resource = true;
  v.shape = options.validate_shape ? initial.shape() : Shape::unknown();
  v.dtype = base_type(initial.dtype());
  v.ref = apply_op("VarHandleOp", scope.name(), {},
                   {{"shape", v.shape}, {"dtype", v.dtype}, {"shared_name", std::string(op::kAnonymousName)},
                    {"container", default_graph().scope().container}});
  v.held_handle = graph::NodeRef(v.ref.node());
  graph::immediate_executor(default_graph())->set_owner(v.ref.node(), state, v.trainable);
  make_op("AssignVariableOp", "", {v.ref, initial});
}

Variable make_variable(const VariableCreation& creation) {
  const VariableOptions& options = creation.options;
  const std::function<TensorLike()>& fn = creation.initial_value_fn;
  const TensorLike* value = fn ? nullptr : &creation.initial_value;
  if (value && value->is_none()) throw ValueError("initial_value must be specified.");
  if (function::graph_around(default_graph())) {
    VariableCreation outside = creation;
    outside.options.use_resource = true;
    if (value) outside.initial_value = function::lifted(*value);
    const std::string scope = default_graph().scope().name_stack;
    return function::make_outside([&] {
      const name_scope kept(scope.empty() ? std::string(graph::kEmptyName) : scope + "/");
      return make_variable(outside);
    });
  }
  auto state = std::make_shared<VariableState>();
  state->trainable = options.trainable.value_or(true);
  state->constraint = options.constraint;
  state->synchronization = options.synchronization;
  state->aggregation = options.aggregation;
  state->resource = options.use_resource.value_or(get_variable_scope().use_resource().value_or(client::use_resource_variables));
  if (graph::is_immediate(default_graph())) {
    init_eager_variable(state, value, fn, options);
    // Nobody but the program keeps such variables; the global step alone is found again.
    const auto keys = options.collections.value_or(std::vector<std::string>());
    if (std::ranges::find(keys, GraphKeys::GLOBAL_STEP) != keys.end()) {
      for (const std::string& key : keys) get_built_graph().add_item(key, Variable(state));
    }
    return Variable(state);
  }
  {
    const control_dependencies lifted(nullptr);
    if (state->resource) init_resource_variable(*state, value, fn, options);
    else init_ref_variable(*state, value, fn, options);
  }
  std::vector<std::string> keys = options.collections.value_or(std::vector<std::string>{GraphKeys::GLOBAL_VARIABLES});
  if (state->trainable && std::ranges::find(keys, GraphKeys::TRAINABLE_VARIABLES) == keys.end()) {
    keys.push_back(GraphKeys::TRAINABLE_VARIABLES);
  }
  std::vector<std::string> seen;
  for (const std::string& key : keys) {
    if (std::ranges::find(seen, key) != seen.end()) continue;
    seen.push_back(key);
    add_to_collection(key, Variable(state));
  }
  return Variable(state);
}

// Asks the creators of the current scopes, of which the first `count` haven't been asked yet.
Variable create(const std::vector<VariableCreator>& creators, size_t count, const VariableCreation& creation) {
  if (count == 0) return make_variable(creation);
  const VariableMaker next = [&](const VariableCreation& c) { return create(creators, count - 1, c); };
  return creators[count - 1](next, creation);
}

std::shared_ptr<VariableState> create(const VariableCreation& creation) {
  const std::vector<VariableCreator> creators = variable_scope_stack(default_graph()).creators;
  return create(creators, creators.size(), creation).state();
}

}  // namespace

Output read_variable_op(const VariableState& variable) {
  if (variable.ref.node() && graph::is_immediate(variable.ref.node()->graph())) {
    return apply_op("ReadVariableOp", "", {variable.ref}, {{"dtype", variable.dtype}});
  }
  const colocate_with none(nullptr, true);
  const device placed(variable.ref.device());
  return apply_op("ReadVariableOp", "", {variable.ref}, {{"dtype", variable.dtype}});
}

Output read_after(const VariableState& variable, const Operation& change) {
  if (graph::is_immediate(variable.ref.node()->graph())) return read_variable_op(variable);
  const control_dependencies control({change});
  return apply_op("ReadVariableOp", "", {variable.ref}, {{"dtype", variable.dtype}});
}

}  // namespace client

Variable::Variable(const TensorLike& initial_value, const VariableOptions& options)
    : state_(client::create({initial_value, {}, options})) {}
Variable::Variable(FromFunction, std::function<TensorLike()> initial_value, const VariableOptions& options)
    : state_(client::create({{}, std::move(initial_value), options})) {}

variable_creator_scope::variable_creator_scope(VariableCreator creator) : graph_(get_default_graph()) {
  client::variable_scope_stack(graph_.impl()).creators.push_back(std::move(creator));
}
variable_creator_scope::~variable_creator_scope() { client::variable_scope_stack(graph_.impl()).creators.pop_back(); }

std::string Variable::name() const {
  return is_partitioned() ? state_->name : state_->ref.node()->name() + ":0";
}
Operation Variable::op() const { return ref().op(); }
DType Variable::dtype() const {
  return state_->resource || is_partitioned() ? state_->dtype : ref_type(state_->dtype);
}
const Shape& Variable::shape() const {
  return state_->resource || is_partitioned() ? state_->shape : state_->ref.shape();
}
const std::string& Variable::device() const { return ref().device(); }
Graph Variable::graph() const { return is_partitioned() ? parts().front().graph() : state_->ref.graph(); }
bool Variable::trainable() const { return state_->trainable; }
bool Variable::is_resource() const { return state_->resource; }
bool Variable::is_partitioned() const { return !state_->parts.empty(); }
const std::vector<Variable>& Variable::parts() const { return state_->parts; }
VariableSynchronization Variable::synchronization() const { return state_->synchronization; }
VariableAggregation Variable::aggregation() const { return state_->aggregation; }
const std::optional<SaveSliceInfo>& Variable::save_slice_info() const { return state_->save_slice_info; }
void Variable::set_save_slice_info(std::optional<SaveSliceInfo> info) const {
  state_->save_slice_info = std::move(info);
}
Output Variable::is_initialized(const NameOptions& options) const { return is_variable_initialized(*this, options); }

Output Variable::ref() const {
  if (is_partitioned()) {
    throw TypeError(fmt::format("The variable {} is partitioned: ops on it take one of its parts.", state_->name));
  }
  return state_->ref;
}
Operation Variable::initializer() const { return state_->initializer; }
Output Variable::initial_value() const { return state_->initial_value; }
std::function<Output(const Output&)> Variable::constraint() const { return state_->constraint; }

Output Variable::value() const { return client::convert(*this, DType::kInvalid, ""); }

Output Variable::read_value() const {
  if (!state_->resource) return client::apply_op("Identity", "read", {state_->ref});
  Output value;
  {
    const name_scope scope("Read");
    const class device placed(state_->ref.device());  // where the variable has none, the scope's, unlike in conversions
    value = client::apply_op("ReadVariableOp", "", {state_->ref}, {{"dtype", state_->dtype}});
  }
  return client::apply_op("Identity", "", {value});
}

Output Variable::initialized_value() const {
  const control_dependencies lifted(nullptr);
  return cond(
      is_variable_initialized(*this), [this] { return read_value(); }, [this] { return initial_value(); });
}

namespace {

Operation change_resource(const client::VariableState& v, const char* op, const TensorLike& value,
                          const std::string& name) {
  const Output tensor = client::convert(value, v.dtype, "");
  if (!tensor.shape().compatible_with(v.shape)) {
    throw ValueError(fmt::format("Shapes {} and {} are incompatible", client::python_shape(v.shape),
                                 client::python_shape(tensor.shape())));
  }
  return Operation(client::make_op(op, name, {v.ref, tensor}, {{"dtype", v.dtype}}));
}

// A resource variable's assignment: the value read after it.
Output assign_resource(const client::VariableState& v, const char* op, const TensorLike& value,
                       const std::string& name) {
  return client::read_after(v, change_resource(v, op, value, name));
}

// The op alone, of either kind of variable.
Operation change_op(const Variable& variable, const char* op, const TensorLike& value, const AssignOptions& options) {
  if (variable.is_resource()) {
    return change_resource(*variable.state(), (std::string(op) + "VariableOp").c_str(), value, options.name);
  }
  return client::apply_op(op, options.name, {variable.ref(), value}, {{"use_locking", options.use_locking}}).op();
}

}  // namespace

Output Variable::assign(const TensorLike& value, const AssignOptions& options) const {
  if (state_->resource) return assign_resource(*state_, "AssignVariableOp", value, options.name);
  return reflow::assign(ref(), value, {.use_locking = options.use_locking, .name = options.name});
}

Output Variable::assign_add(const TensorLike& delta, const AssignOptions& options) const {
  if (state_->resource) return assign_resource(*state_, "AssignAddVariableOp", delta, options.name);
  return reflow::assign_add(ref(), delta, {.use_locking = options.use_locking, .name = options.name});
}

Output Variable::assign_sub(const TensorLike& delta, const AssignOptions& options) const {
  if (state_->resource) return assign_resource(*state_, "AssignSubVariableOp", delta, options.name);
  return reflow::assign_sub(ref(), delta, {.use_locking = options.use_locking, .name = options.name});
}

Operation Variable::assign_op(const TensorLike& value, const AssignOptions& options) const {
  return change_op(*this, "Assign", value, options);
}
Operation Variable::assign_add_op(const TensorLike& delta, const AssignOptions& options) const {
  return change_op(*this, "AssignAdd", delta, options);
}
Operation Variable::assign_sub_op(const TensorLike& delta, const AssignOptions& options) const {
  return change_op(*this, "AssignSub", delta, options);
}

Output Variable::count_up_to(int64_t limit) const { return reflow::count_up_to(*this, limit); }

Output Variable::sparse_read(const TensorLike& indices, const NameOptions& options) const {
  if (!state_->resource) return client::apply_op("GatherV2", options.name, {value(), indices, 0});
  const std::string name = options.name.empty() ? "Gather" : options.name;
  const Output rows = client::apply_op("ResourceGather", name, {state_->ref, indices}, {{"dtype", state_->dtype}});
  return client::apply_op("Identity", "", {rows});
}

Output Variable::gather_nd(const TensorLike& indices, const NameOptions& options) const {
  if (!state_->resource) return reflow::gather_nd(value(), indices, options);
  const std::string name = options.name.empty() ? "GatherNd" : options.name;
  const Output rows = client::apply_op("ResourceGatherNd", name, {state_->ref, indices}, {{"dtype", state_->dtype}});
  return client::apply_op("Identity", "", {rows});
}

void Variable::set_shape(const Shape& shape) const {
  state_->ref.set_shape(shape);
  if (!state_->resource) state_->snapshot.set_shape(shape);
}

}  // namespace reflow
