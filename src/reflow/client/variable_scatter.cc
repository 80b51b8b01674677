#include "reflow/client/gradients.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/variable.h"

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

}  // namespace reflow
