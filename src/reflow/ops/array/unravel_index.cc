// UnravelIndex: flat indices to coordinates.

#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

class UnravelIndex : public Kernel {
 public:
  explicit UnravelIndex(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const IndexReader indices(c.input(0)), dims(c.input(1));
    int64_t size = 1;
    for (int64_t d = 0; d < dims.size(); ++d) {
      if (dims[d] <= 0 || __builtin_mul_overflow(size, dims[d], &size)) {
        return invalid_argument("Input dims product is zero, negative or too large");
      }
    }
    for (int64_t i = 0; i < indices.size(); ++i) {
      if (indices[i] < 0 || indices[i] >= size) {
        return invalid_argument("index is out of bound as with dims");
      }
      int64_t rest = indices[i];
      for (int64_t d = dims.size() - 1; d >= 0; --d) {
        put_int(c.output(0), d * indices.size() + i, rest % dims[d]);
        rest /= dims[d];
      }
    }
    return OkStatus();
  }
};

Status unravel_index_shape(ShapeContext& c) {
  const Shape &indices = c.input(0), &dims = c.input(1);
  if (c.concrete()) {
    if (dims.rank() != 1) return invalid_argument("The indices can only be 1-D, got \"{}\"", dims.str());
    if (indices.rank() > 1) return invalid_argument("The indices can only be scalar or vector, got \"{}\"", indices.str());
  }
  Shape vector;
  RETURN_IF_ERROR(c.with_rank(dims, 1, &vector));
  RETURN_IF_ERROR(c.with_rank_at_most(indices, 1, &vector));
  if (indices.rank() == 0) {
    c.set_output(0, dims.known_rank() ? dims : Shape{Shape::kUnknown});
  } else if (!indices.known_rank()) {
    c.set_output(0, Shape::unknown());
  } else {
    c.set_output(0, {dims.known_rank() ? dims.dim(0) : Shape::kUnknown, indices.dim(0)});
  }
  return OkStatus();
}

REFLOW_OP("UnravelIndex")
    .input("indices: Tidx")
    .input("dims: Tidx")
    .output("output: Tidx")
    .attr("Tidx: {int32, int64} = DT_INT32")
    .doc("The coordinates, one row for each of dims, of elements of a tensor of shape dims with the flat indices `indices`.")
    .shape(unravel_index_shape)
    .kernel<UnravelIndex>(kCpu);

}  // namespace
}  // namespace reflow::ops
