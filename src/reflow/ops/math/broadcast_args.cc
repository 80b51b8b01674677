// Shapes that broadcast: as vectors, for the gradients of broadcasting ops.

#include <algorithm>
#include <vector>

#include "reflow/op/broadcast.h"
#include "reflow/op/op.h"

namespace reflow::ops {

using namespace ::reflow::op;

namespace {

template <typename T>
Status both_shapes(KernelContext& c, Shape* a, Shape* b) {
  Shape* shapes[] = {a, b};
  for (int i = 0; i < 2; ++i) {
    if (c.input(i).rank() != 1) return invalid_argument("In[{}] must be a vector.{}", i, c.input(i).shape().str());
    for (const T dim : c.input(i).flat<T>()) shapes[i]->add_dim(dim);
  }
  for (int i = 1; i <= std::min(a->rank(), b->rank()); ++i) {
    const int64_t p = a->dim(a->rank() - i), q = b->dim(b->rank() - i);
    if (p != q && p != 1 && q != 1) return invalid_argument("Incompatible shapes: {} vs. {}", a->str(), b->str());
  }
  return OkStatus();
}

template <typename T>
Status put_vector(KernelContext& c, int i, const std::vector<int64_t>& values) {
  RETURN_IF_ERROR(c.allocate_output(i, Shape{static_cast<int64_t>(values.size())}));
  std::transform(values.begin(), values.end(), c.output(i).data<T>(), [](int64_t v) { return static_cast<T>(v); });
  return OkStatus();
}

template <typename T>
class BroadcastGradientArgs : public Kernel {
 public:
  explicit BroadcastGradientArgs(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Shape a, b;
    RETURN_IF_ERROR(both_shapes<T>(c, &a, &b));
    std::vector<int64_t> a_axes, b_axes;
    Broadcast::reduction_indices(a, b, &a_axes, &b_axes);
    RETURN_IF_ERROR(put_vector<T>(c, 0, a_axes));
    return put_vector<T>(c, 1, b_axes);
  }
};

template <typename T>
class BroadcastArgs : public Kernel {
 public:
  explicit BroadcastArgs(KernelInit&) {}
  Status compute(KernelContext& c) override {
    Shape a, b;
    RETURN_IF_ERROR(both_shapes<T>(c, &a, &b));
    const Shape &longer = a.rank() >= b.rank() ? a : b, &shorter = a.rank() >= b.rank() ? b : a;
    std::vector<int64_t> dims(longer.begin(), longer.end());
    for (int i = 1; i <= shorter.rank(); ++i) {
      int64_t& dim = dims[dims.size() - i];
      if (dim == 1) dim = shorter.dim(shorter.rank() - i);
    }
    return put_vector<T>(c, 0, dims);
  }
};

Status vectors_of_unknown_size(ShapeContext& c) {
  for (int i = 0; i < 2 && !c.concrete(); ++i) {
    Shape vector;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape::unknown_of_rank(1));
  return OkStatus();
}

// As long as the longer shape.
Status broadcast_args_shape(ShapeContext& c) {
  RETURN_IF_ERROR(vectors_of_unknown_size(c));
  const Shape &a = c.input(0), &b = c.input(1);
  if (a.rank() != 1 || b.rank() != 1 || a.dim(0) < 0 || b.dim(0) < 0) return OkStatus();
  c.set_output(0, Shape{std::max(a.dim(0), b.dim(0))});
  return OkStatus();
}

REFLOW_OP("BroadcastGradientArgs")
    .input("s0: T").input("s1: T").output("r0: T").output("r1: T").attr("T: {int32, int64} = DT_INT32")
    .doc("Returns the dimensions over which the gradients of operands of shapes s0 and s1 are to be summed.")
    .shape(vectors_of_unknown_size).kernel<BroadcastGradientArgs>(kCpu, kIndexTypes).not_differentiable();

REFLOW_OP("BroadcastArgs")
    .input("s0: T").input("s1: T").output("r0: T").attr("T: {int32, int64} = DT_INT32")
    .doc("Returns the shape of s0 op s1 with broadcasting.")
    .shape(broadcast_args_shape).kernel<BroadcastArgs>(kCpu, kIndexTypes);

}  // namespace
}  // namespace reflow::ops
