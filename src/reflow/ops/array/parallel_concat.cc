// ParallelConcat: rows joined to a tensor of a shape that is told beforehand.

#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status parallel_concat_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const Shape out, c.attr<Shape>("shape"));
  if (!out.fully_defined()) return invalid_argument("shape attr must be fully defined.");
  Shape row;
  RETURN_IF_ERROR(c.replace_dim(out, 0, 1, &row));
  for (int i = 0; i < c.num_inputs(); ++i) {
    if (!c.input(i).fully_defined()) return invalid_argument("All input shapes must be fully defined.");
    if (c.input(i).rank() < 1 || c.input(i).dim(0) != 1) return invalid_argument("Size of first dimension must be 1.");
    if (const Status merged = c.merge(c.input(i), row, &row); !merged.ok()) {
      return append_message(merged, fmt::format("\n\tFrom merging shape {} with other shapes.", i));
    }
  }
  if (c.concrete() && out.dim(0) != c.num_inputs()) {
    return invalid_argument("The first dimension of shape {} must be the number of values, {}", out.str(), c.num_inputs());
  }
  c.set_output(0, out);
  return OkStatus();
}

class ParallelConcat : public Kernel {
 public:
  explicit ParallelConcat(KernelInit& c) : copy_(copy_elements_fn(c.node().output_type(0))) {}
  Status compute(KernelContext& c) override {
    char* to = static_cast<char*>(c.output(0).raw_data());
    for (int i = 0; i < c.num_inputs(); ++i) {
      const Tensor& row = c.input(i);
      copy_(to, row.raw_data(), row.num_elements());
      to += row.size_bytes();
    }
    return OkStatus();
  }

 private:
  CopyElementsFn copy_;
};

REFLOW_OP("ParallelConcat")
    .input("values: N * T")
    .output("output: T")
    .attr("N: int >= 1")
    .attr("T: type")
    .attr("shape: shape")
    .doc("`values`, each of which has a first dimension of 1, joined along it; `shape` is that of the result.")
    .shape(parallel_concat_shape)
    .kernel<ParallelConcat>(kCpu);

}  // namespace
}  // namespace reflow::ops
