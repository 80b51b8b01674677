#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/initializer.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable.h"

namespace reflow {

struct AutoReuse {};
// Take a variable where there is one, make it where there is none.
inline constexpr AutoReuse AUTO_REUSE{};

// Whether get_variable makes variables (false), only finds them (true), or either (AUTO_REUSE).
class Reuse {
 public:
  constexpr Reuse(bool value) : mode_(value ? kTrue : kFalse) {}
  constexpr Reuse(AutoReuse) : mode_(kAuto) {}
  constexpr bool is_false() const { return mode_ == kFalse; }
  constexpr bool is_true() const { return mode_ == kTrue; }
  constexpr bool is_auto() const { return mode_ == kAuto; }
  constexpr bool operator==(const Reuse&) const = default;

 private:
  enum Mode { kFalse, kTrue, kAuto } mode_;
};

namespace client {
struct VariableScopeState;
}

// Says into how many parts a variable is split along each dimension; along one at most.
// client/partitioned_variable.h has TensorFlow's.
using Partitioner = std::function<std::vector<int>(const Shape& shape, DType dtype)>;

struct GetVariableOptions;
// What get_variable is asked for, once scopes' defaults are in.
struct GetVariableCall;
// Makes or finds the variable.
using VariableGetter = std::function<TensorLike(const std::string& name, const GetVariableCall& call)>;
// Takes the place of that: calls `getter`, with other arguments maybe, and gives its result or what it makes of it.
using CustomGetter =
    std::function<TensorLike(const VariableGetter& getter, const std::string& name, const GetVariableCall& call)>;

// The prefix of names and the defaults of get_variable within a tf::variable_scope. A handle to one such scope.
class VariableScope {
 public:
  const std::string& name() const;                 // "outer/inner"
  const std::string& original_name_scope() const;  // "outer/inner/" when the scope was first entered
  Reuse reuse() const;
  const Initializer& initializer() const;
  const Regularizer& regularizer() const;
  DType dtype() const;
  std::optional<bool> use_resource() const;
  const Partitioner& partitioner() const;
  const CustomGetter& custom_getter() const;
  const std::optional<std::string>& caching_device() const;
  const std::function<Output(const Output&)>& constraint() const;
  void reuse_variables();
  void set_initializer(Initializer initializer);
  void set_regularizer(Regularizer regularizer);
  void set_dtype(DType dtype);
  void set_use_resource(bool use_resource);
  void set_partitioner(Partitioner partitioner);
  void set_custom_getter(CustomGetter custom_getter);
  void set_caching_device(std::string caching_device);

  client::VariableScopeState& state() const { return *state_; }
  explicit VariableScope(std::shared_ptr<client::VariableScopeState> state) : state_(std::move(state)) {}

 private:
  friend class variable_scope;
  std::shared_ptr<client::VariableScopeState> state_;
};

struct VariableScopeOptions {
  std::string default_name;  // the name, made unique, where name_or_scope is nullptr
  Initializer initializer;
  Regularizer regularizer;
  std::optional<std::string> caching_device;
  std::optional<Reuse> reuse;
  DType dtype = DType::kInvalid;
  std::optional<bool> use_resource;
  std::function<Output(const Output&)> constraint;
  bool auxiliary_name_scope = true;  // false: the name scope stays as it is
  Partitioner partitioner;
  CustomGetter custom_getter;  // gets what the outer scopes' getters are asked for first
};

// Python's `with tf.variable_scope(..)` as an object: until it dies, get_variable puts names below the scope's name and
// takes its defaults, and ops are below a name scope of that name.
class [[nodiscard]] variable_scope {
 public:
  explicit variable_scope(const std::string& name, const VariableScopeOptions& options = {});
  explicit variable_scope(const char* name, const VariableScopeOptions& options = {})
      : variable_scope(std::string(name), options) {}
  // The scope again, wherever it is entered.
  explicit variable_scope(const VariableScope& scope, const VariableScopeOptions& options = {});
  // TypeError: no default_name. ValueError: reuse.
  variable_scope(std::nullptr_t, const VariableScopeOptions& options);
  ~variable_scope();
  variable_scope(const variable_scope&) = delete;
  variable_scope& operator=(const variable_scope&) = delete;

  const VariableScope& scope() const { return scope_; }
  const std::string& name() const { return scope_.name(); }
  const std::string& original_name_scope() const { return scope_.original_name_scope(); }
  void reuse_variables() { scope_.reuse_variables(); }

 private:
  struct Saved;
  void enter(const std::string* name, const VariableScope* scope, const VariableScopeOptions& options);
  std::unique_ptr<Saved> saved_;
  VariableScope scope_;
};

// The current one of the default graph and this thread.
VariableScope get_variable_scope();

struct GetVariableOptions {
  DType dtype = DType::kInvalid;  // default: the scope's, else float32
  Initializer initializer;        // default: the scope's, else glorot_uniform, zeros for integers
  Regularizer regularizer;        // default: the scope's
  std::optional<bool> trainable;
  std::optional<std::vector<std::string>> collections;
  std::optional<std::string> caching_device;
  bool validate_shape = true;
  std::optional<bool> use_resource;
  std::function<Output(const Output&)> constraint;
  Partitioner partitioner;     // default: the scope's; the variable then is_partitioned()
  CustomGetter custom_getter;  // default: the scope's
  VariableSynchronization synchronization = VariableSynchronization::AUTO;
  VariableAggregation aggregation = VariableAggregation::NONE;
};

struct GetVariableCall {
  std::optional<Shape> shape;
  GetVariableOptions options;
  Reuse reuse = false;
};

// The variable called `name` in the current scope: made, or found again, as the scope's reuse says. Without a shape the
// initializer is a value or makes one.
// ValueError: "Variable v already exists, disallowed. ...", "Variable v does not exist, ...", "Trying to share variable
// v, but specified shape (2,) and found shape (1,).", and for initializers that don't fit.
Variable get_variable(const std::string& name, const Shape& shape, const GetVariableOptions& options = {});
Variable get_variable(const std::string& name, const GetVariableOptions& options = {});
inline Variable get_variable(const std::string& name, std::initializer_list<int64_t> shape,
                             const GetVariableOptions& options = {}) {
  return get_variable(name, Shape(shape), options);
}
// The same where a custom getter may give a tensor instead of a variable.
TensorLike get_variable_or_tensor(const std::string& name, const std::optional<Shape>& shape,
                                  const GetVariableOptions& options = {});
// Not trained, not saved: in the collection LOCAL_VARIABLES.
Variable get_local_variable(const std::string& name, const Shape& shape, GetVariableOptions options = {});

}  // namespace reflow
