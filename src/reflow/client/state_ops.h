#pragma once

#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow {

// A variable, or the ref of one: what the functions here write to.
class VariableRef {
 public:
  VariableRef(const Variable& variable) : variable_(variable), ref_(variable.ref()) {}
  VariableRef(const Output& ref) : ref_(ref) {}
  const Variable& variable() const { return variable_; }  // may be !valid()
  const Output& ref() const { return ref_; }
  bool is_resource() const { return variable_.valid() && variable_.is_resource(); }

 private:
  Variable variable_;
  Output ref_;
};

struct AssignFunctionOptions {
  std::optional<bool> validate_shape, use_locking;
  std::string name;
};

// Ops that write to a variable when they run; the result is its new value, as a ref where the variable is one.
Output assign(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options = {});
Output assign_add(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options = {});
Output assign_sub(const VariableRef& ref, const TensorLike& value, const AssignFunctionOptions& options = {});
// Adds one until `limit` is reached, then fails with OutOfRangeError.
Output count_up_to(const VariableRef& ref, int64_t limit, const NameOptions& options = {});

struct ScatterOptions {
  std::optional<bool> use_locking;
  std::string name;
};
// Change the rows `indices` of the variable.
Output scatter_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options = {});
Output scatter_add(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
Output scatter_sub(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
Output scatter_mul(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
Output scatter_div(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
Output scatter_min(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
Output scatter_max(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                   const ScatterOptions& options = {});
// Change the elements or slices at `indices`, [..., depth].
Output scatter_nd_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                         const ScatterOptions& options = {});
Output scatter_nd_add(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options = {});
Output scatter_nd_sub(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                      const ScatterOptions& options = {});
// scatter_update of the last dimension of `indices`, for each batch.
Output batch_scatter_update(const VariableRef& ref, const TensorLike& indices, const TensorLike& updates,
                            const ScatterOptions& options = {});

// Writes to the slice of a variable that `slice`, made by indexing it, reads; the variable's new value.
// ValueError: it is no such slice.
Output assign_slice(const Output& slice, const TensorLike& value, const NameOptions& options = {});

}  // namespace reflow
