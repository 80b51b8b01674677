// Roll: elements moved along dimensions; what leaves at the end comes in at the beginning.

#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/indices.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status roll_shape(ShapeContext& c) {
  const Shape &in = c.input(0), &shift = c.input(1), &axis = c.input(2);
  if (c.concrete()) {
    if (in.rank() < 1) return invalid_argument("input must be 1-D or higher");
    if (shift.rank() > 1) return invalid_argument("shift must be a scalar or a 1-D vector. Found: {}", shift.str());
    if (axis.rank() > 1) return invalid_argument("axis must be a scalar or a 1-D vector. Found: {}", axis.str());
    if (!(shift == axis)) return invalid_argument("shift and axis must have the same size");
  }
  Shape checked;
  RETURN_IF_ERROR(c.with_rank_at_least(in, 1, &checked));
  RETURN_IF_ERROR(c.with_rank_at_most(shift, 1, &checked));
  RETURN_IF_ERROR(c.with_rank_at_most(axis, 1, &checked));
  RETURN_IF_ERROR(c.merge(shift, axis, &checked));
  c.set_output(0, in);
  return OkStatus();
}

class Roll : public Kernel {
 public:
  explicit Roll(KernelInit& c) : copy_(copy_elements_fn(c.node().output_type(0))), size_(dtype_size(c.node().output_type(0))) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const IndexReader shifts(c.input(1)), axes(c.input(2));
    int64_t shift[Shape::kMaxRank] = {};
    for (int64_t i = 0; i < axes.size(); ++i) {
      const int64_t d = axes[i] < 0 ? axes[i] + in.rank() : axes[i];
      if (d < 0 || d >= in.rank()) return invalid_argument("axis {} is out of range", d);
      const int64_t n = in.dim(static_cast<int>(d));
      if (n > 0) shift[d] = ((shift[d] + shifts[i] % n) % n + n) % n;
    }
    if (in.num_elements() == 0) return OkStatus();
    // Dimensions behind the last one that moves go along with it as a run of memory.
    int last = in.rank() - 1;
    int64_t run = 1;
    for (; last > 0 && shift[last] == 0; --last) run *= in.dim(last);
    const int64_t n = in.dim(last) * run, head = shift[last] * run;
    const char* from = static_cast<const char*>(in.raw_data());
    char* to = static_cast<char*>(c.output(0).raw_data());
    c.pool().parallel_for(in.num_elements() / n, 5 + 0.1 * size_ * n, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t target = moved(in.shape(), last, shift, row);
        copy_(to + (target * n + head) * size_, from + row * n * size_, n - head);
        copy_(to + target * n * size_, from + ((row + 1) * n - head) * size_, head);
      }
    });
    return OkStatus();
  }

 private:
  // Where `row` of the first `rank` dimensions comes to lie.
  static int64_t moved(const Shape& shape, int rank, const int64_t* shift, int64_t row) {
    int64_t target = 0, stride = 1;
    for (int d = rank - 1; d >= 0; --d) {
      target += (row % shape.dim(d) + shift[d]) % shape.dim(d) * stride;
      row /= shape.dim(d);
      stride *= shape.dim(d);
    }
    return target;
  }
  CopyElementsFn copy_;
  int64_t size_;
};

REFLOW_OP("Roll")
    .input("input: T")
    .input("shift: Tshift")
    .input("axis: Taxis")
    .output("output: T")
    .attr("T: type")
    .attr("Tshift: {int32, int64}")
    .attr("Taxis: {int32, int64}")
    .doc("`input` with its elements moved by shift[i] places along the dimension axis[i], beginning anew at its end.")
    .shape(roll_shape)
    .kernel<Roll>(kCpu)
    .gradient([](GradContext& g) { g.dx(0) = g.op("Roll", {g.dy(0), g.op("Neg", {g.x(1)}), g.x(2)}); });

}  // namespace
}  // namespace reflow::ops
