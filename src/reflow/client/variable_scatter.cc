#include "reflow/client/gradients.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/variable.h"
#include "reflow/client/variable_state.h"

namespace reflow {

Output Variable::scatter_add(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_add(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::scatter_sub(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_sub(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::scatter_update(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_update(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::scatter_mul(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_mul(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::scatter_div(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_div(*this, d.indices, d.values, {options.use_locking, options.name});
}

Output Variable::scatter_max(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_max(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::scatter_min(const IndexedSlices& d, const AssignOptions& options) const {
  return reflow::scatter_min(*this, d.indices, d.values, {options.use_locking, options.name});
}
Output Variable::batch_scatter_update(const IndexedSlices& d, const AssignOptions& options) const {
  const Output updated =
      reflow::batch_scatter_update(*this, d.indices, d.values, {options.use_locking, options.name});
  if (!is_resource()) return updated;
  return client::read_after(*state(), updated.op().control_inputs().front());  // once more, as TensorFlow
}
Output Variable::scatter_nd_add(const TensorLike& indices, const TensorLike& updates,
                                const NameOptions& options) const {
  return reflow::scatter_nd_add(*this, indices, updates, {.use_locking = true, .name = options.name});
}
Output Variable::scatter_nd_sub(const TensorLike& indices, const TensorLike& updates,
                                const NameOptions& options) const {
  return reflow::scatter_nd_sub(*this, indices, updates, {.use_locking = true, .name = options.name});
}
Output Variable::scatter_nd_update(const TensorLike& indices, const TensorLike& updates,
                                   const NameOptions& options) const {
  return reflow::scatter_nd_update(*this, indices, updates, {.use_locking = true, .name = options.name});
}

}  // namespace reflow
