#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct IndexedSlices;  // client/gradients.h

// How copies of a variable on several devices agree, and how their updates are put together. Kept with the variable
// for distribution; alone they change nothing but what is checked.
enum class VariableSynchronization { AUTO = 0, NONE = 1, ON_WRITE = 2, ON_READ = 3 };
enum class VariableAggregation { NONE = 0, SUM = 1, MEAN = 2, ONLY_FIRST_REPLICA = 3 };

struct VariableOptions {
  std::optional<bool> trainable;                        // default: true
  std::optional<std::vector<std::string>> collections;  // default: {GraphKeys::GLOBAL_VARIABLES}
  bool validate_shape = true;                           // false: the shape may change, and need not be known
  std::optional<std::string> caching_device;
  std::string name;
  DType dtype = DType::kInvalid;                        // default: that of the initial value
  std::function<Output(const Output&)> constraint;      // applied by optimizers after an update
  std::optional<bool> use_resource;                     // default: that of the variable scope, else false
  VariableSynchronization synchronization = VariableSynchronization::AUTO;  // ON_READ: not trainable
  VariableAggregation aggregation = VariableAggregation::NONE;
};

// Which part of a partitioned variable a variable is.
struct SaveSliceInfo {
  std::string full_name;
  std::vector<int64_t> full_shape, var_offset, var_shape;
  // "10 4 0,4:0,4": the part as checkpoints write it.
  std::string spec() const;
};

struct AssignOptions {
  bool use_locking = false;
  std::string name;
};

class PartitionedVariable;  // client/partitioned_variable.h

// State that lives in a session between its runs. A handle: copies are the same variable, which is good as long as its
// graph. Where a tensor is wanted a variable stands for its value: the tensor "NAME/read" of a ref variable, a new
// ReadVariableOp of a resource variable.
class Variable {
 public:
  Variable() = default;  // no variable: valid() is false
  // Makes the ops of a variable: initial value, variable, assignment, read. ValueError: the shape of the initial value
  // isn't known, or it is made within control flow.
  explicit Variable(const TensorLike& initial_value, const VariableOptions& options = {});
  // The initial value comes from a function, which is called within the scope "NAME/Initializer".
  template <typename F>
    requires std::is_invocable_r_v<TensorLike, F>
  explicit Variable(F&& initial_value, const VariableOptions& options = {})
      : Variable(FromFunction(), std::function<TensorLike()>(std::forward<F>(initial_value)), options) {}

  bool valid() const { return state_ != nullptr; }
  std::string name() const;  // "v:0"
  Operation op() const;      // VariableV2 or VarHandleOp
  DType dtype() const;       // the ref type of a ref variable, as TensorFlow has it
  const Shape& shape() const;
  const std::string& device() const;
  Graph graph() const;
  bool trainable() const;
  bool is_resource() const;
  // The ref, or the handle of a resource variable.
  Output ref() const;
  Output handle() const { return ref(); }

  // The value: of a ref variable always the same tensor, of a resource variable read anew.
  Output value() const;
  operator Output() const { return value(); }
  // The value as it is when the op runs, after the control dependencies that it is made under.
  Output read_value() const;
  Operation initializer() const;
  Output initial_value() const;
  // The value, or the initial one as long as the variable hasn't been initialised.
  Output initialized_value() const;
  std::function<Output(const Output&)> constraint() const;
  VariableSynchronization synchronization() const;
  VariableAggregation aggregation() const;
  // Unset: the variable is no part of another.
  const std::optional<SaveSliceInfo>& save_slice_info() const;
  void set_save_slice_info(std::optional<SaveSliceInfo> info) const;
  // A bool: has it a value?
  Output is_initialized(const NameOptions& options = {}) const;

  // The parts of a partitioned variable, whose value() is all of them joined; else empty. Ops that change variables
  // take single parts. See client/partitioned_variable.h.
  bool is_partitioned() const;
  const std::vector<Variable>& parts() const;

  // A serialized VariableDef, with names below `export_scope` only. Empty: it isn't there.
  std::string to_proto(const std::string& export_scope = "") const;
  // The variable of a VariableDef whose nodes are in the default graph, below `import_scope`. KeyError: they aren't.
  static Variable from_proto(std::string_view variable_def, const std::string& import_scope = "");

  // Ops that change the variable; their outputs are its new value. The _op forms of a resource variable don't read it.
  Output assign(const TensorLike& value, const AssignOptions& options = {}) const;
  Output assign_add(const TensorLike& delta, const AssignOptions& options = {}) const;
  Output assign_sub(const TensorLike& delta, const AssignOptions& options = {}) const;
  Operation assign_op(const TensorLike& value, const AssignOptions& options = {}) const;
  Operation assign_add_op(const TensorLike& delta, const AssignOptions& options = {}) const;
  Operation assign_sub_op(const TensorLike& delta, const AssignOptions& options = {}) const;
  Output count_up_to(int64_t limit) const;
  Output scatter_add(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_sub(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_update(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_mul(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_div(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_max(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_min(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output batch_scatter_update(const IndexedSlices& sparse_delta, const AssignOptions& options = {}) const;
  Output scatter_nd_add(const TensorLike& indices, const TensorLike& updates, const NameOptions& options = {}) const;
  Output scatter_nd_sub(const TensorLike& indices, const TensorLike& updates, const NameOptions& options = {}) const;
  Output scatter_nd_update(const TensorLike& indices, const TensorLike& updates, const NameOptions& options = {}) const;
  Output sparse_read(const TensorLike& indices, const NameOptions& options = {}) const;
  Output gather_nd(const TensorLike& indices, const NameOptions& options = {}) const;
  // Runs the initializer with `value` in place of the initial value, in the default session.
  void load(const Tensor& value) const;
  void set_shape(const Shape& shape) const;
  // Its value, by the default session. ValueError: there is none.
  Tensor eval() const;

  Output operator[](const Index& index) const;
  Output operator[](std::initializer_list<Index> indices) const;

  bool operator==(const Variable& other) const { return state_ == other.state_; }
  const std::shared_ptr<client::VariableState>& state() const { return state_; }
  explicit Variable(std::shared_ptr<client::VariableState> state) : state_(std::move(state)) {}

 private:
  struct FromFunction {};  // so that 0 is a value, not a null function
  Variable(FromFunction, std::function<TensorLike()> initial_value, const VariableOptions& options);
  std::shared_ptr<client::VariableState> state_;
};

// What makes variables: Variable's constructors, the creators of the current scopes in turn, innermost first.
struct VariableCreation {
  TensorLike initial_value;                       // or
  std::function<TensorLike()> initial_value_fn;  // called within "NAME/Initializer"
  VariableOptions options;
};
using VariableMaker = std::function<Variable(const VariableCreation&)>;
using VariableCreator = std::function<Variable(const VariableMaker& next_creator, const VariableCreation& creation)>;

// Until it dies, new variables of the default graph and this thread are made by `creator`, which may change what is
// asked for and calls next_creator, or gives another variable.
class [[nodiscard]] variable_creator_scope {
 public:
  explicit variable_creator_scope(VariableCreator creator);
  ~variable_creator_scope();
  variable_creator_scope(const variable_creator_scope&) = delete;
  variable_creator_scope& operator=(const variable_creator_scope&) = delete;

 private:
  Graph graph_;
};

// All variables of the default graph that are shared and saved; those that optimizers train; those of a process only.
std::vector<Variable> global_variables(std::string_view scope = "");
std::vector<Variable> trainable_variables(std::string_view scope = "");
std::vector<Variable> local_variables(std::string_view scope = "");
std::vector<Variable> model_variables(std::string_view scope = "");
std::vector<Variable> moving_average_variables(std::string_view scope = "");

// An op that initialises the variables; without variables it does nothing.
Operation variables_initializer(const std::vector<Variable>& var_list, const std::string& name = "init");
Operation global_variables_initializer();
Operation local_variables_initializer();
Operation initialize_all_variables();

// A bool: has the variable a value?
Output is_variable_initialized(const Variable& ref, const NameOptions& options = {});
// Fails with FailedPreconditionError, and their names, where one of the variables (unset: the global and local ones) has
// no value. Not valid(): there are no variables.
Output assert_variables_initialized(const std::optional<std::vector<Variable>>& var_list = std::nullopt);
// The names of those that have no value yet: a vector of strings. Without `var_list`: of the global and local ones.
struct ReportUninitializedOptions {
  std::optional<std::vector<Variable>> var_list;
  std::string name = "report_uninitialized_variables";
};
Output report_uninitialized_variables(const ReportUninitializedOptions& options = {});

}  // namespace reflow

template <>
struct std::hash<reflow::Variable> {
  size_t operator()(const reflow::Variable& v) const noexcept { return std::hash<void*>()(v.state().get()); }
};
