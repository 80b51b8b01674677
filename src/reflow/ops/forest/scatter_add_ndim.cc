// Sums into a variable, at places that are named by their first indices.

#include <mutex>

#include "reflow/op/op.h"
#include "reflow/op/variable.h"

namespace reflow::ops::forest {
namespace {

using namespace ::reflow::op;

class ScatterAddNdim : public Kernel {
 public:
  explicit ScatterAddNdim(KernelInit&) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(Variable * variable, initialized_ref(c, 0));
    const Tensor &indices = c.input(1), &deltas = c.input(2);
    if (indices.num_elements() == 0 && (indices.shape().rank() == 0 || indices.shape().dim(0) == 0)) return OkStatus();
    if (indices.shape().rank() != 2) return invalid_argument("indices should be two-dimensional");
    const std::lock_guard lock(variable->mutex);
    Tensor& to = variable->tensor;
    const int64_t n = indices.shape().dim(0), num_indices = indices.shape().dim(1);
    if (num_indices + deltas.shape().rank() != to.shape().rank() + 1 || deltas.shape().rank() == 0) {
      return invalid_argument("Number of indices dimensions should be the same as input rank.");
    }
    if (deltas.shape().dim(0) != n) return invalid_argument("Number of updates should be same as number of indices.");
    int64_t size = 1;
    for (int i = static_cast<int>(num_indices); i < to.shape().rank(); ++i) size *= to.shape().dim(i);
    if (deltas.num_elements() != n * size) {
      return invalid_argument("Updates of shape {} don't fit into {} slices of {}", deltas.shape().str(), n, to.shape().str());
    }
    for (int64_t i = 0; i < n; ++i) {
      const int32_t* index = indices.data<int32_t>() + i * num_indices;
      ASSIGN_OR_RETURN(const int64_t slice, slice_of(to.shape(), index, static_cast<int>(num_indices)));
      float* sums = to.data<float>() + slice * size;
      for (int64_t j = 0; j < size; ++j) sums[j] += deltas.data<float>()[i * size + j];
    }
    return OkStatus();
  }

 private:
  static StatusOr<int64_t> slice_of(const Shape& shape, const int32_t* index, int num_indices) {
    int64_t slice = 0;
    for (int i = 0; i < num_indices; ++i) {
      if (index[i] < 0 || index[i] >= shape.dim(i)) {
        return invalid_argument("Index {} is not within dimension {} of {}", index[i], i, shape.str());
      }
      slice = slice * shape.dim(i) + index[i];
    }
    return slice;
  }
};

Status no_outputs_shape(ShapeContext&) { return OkStatus(); }

REFLOW_OP("ScatterAddNdim")
    .input("input: Ref(float)")
    .input("indices: int32")
    .input("deltas: float")
    .doc("Adds deltas, [n, ...], to the slices of the variable that the rows of indices, [n, k], name by their first k indices.")
    .shape(no_outputs_shape)
    .kernel<ScatterAddNdim>(kCpu);

}  // namespace
}  // namespace reflow::ops::forest
