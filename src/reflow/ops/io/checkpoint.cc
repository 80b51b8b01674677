// Saving tensors in checkpoints and restoring them. Graphs have the ops, as Saver makes them; running one ends in an
// error, because the formats of checkpoints aren't written or read yet.

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class NoCheckpoints : public Kernel {
 public:
  explicit NoCheckpoints(KernelInit&) {}
  Status compute(KernelContext&) override {
    return unimplemented("Saving and restoring checkpoints is not part of Reflow yet");
  }
};

// A prefix or filename, and two vectors of the same length: names, and the slices of the tensors that are meant.
Status check_names(ShapeContext& c) {
  Shape names, slices;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &names));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &names));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &slices));
  return c.merge(names, slices, &names);
}

Status restored_shapes(ShapeContext& c) {
  RETURN_IF_ERROR(check_names(c));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape::unknown());
  return OkStatus();
}

Status merge_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &shape));
  return c.with_rank(c.input(1), 0, &shape);
}

REFLOW_OP("SaveV2")
    .input("prefix: string")
    .input("tensor_names: string")
    .input("shape_and_slices: string")
    .input("tensors: dtypes")
    .attr("dtypes: list(type) >= 1")
    .stateful()
    .doc("Saves tensors in a checkpoint V2, `prefix`.index and `prefix`.data-*. An empty string of `shape_and_slices` "
         "stands for the whole tensor.")
    .shape(check_names)
    .kernel<NoCheckpoints>(kCpu)
    .sets_outputs();

REFLOW_OP("RestoreV2")
    .input("prefix: string")
    .input("tensor_names: string")
    .input("shape_and_slices: string")
    .output("tensors: dtypes")
    .attr("dtypes: list(type) >= 1")
    .stateful()
    .doc("Restores tensors from a checkpoint, V2 or V1. An empty string of `shape_and_slices` stands for the whole "
         "tensor.")
    .shape(restored_shapes)
    .kernel<NoCheckpoints>(kCpu)
    .sets_outputs();

REFLOW_OP("MergeV2Checkpoints")
    .input("checkpoint_prefixes: string")
    .input("destination_prefix: string")
    .attr("delete_old_dirs: bool = true")
    .stateful()
    .doc("Makes one checkpoint of those that were saved by several SaveV2, and deletes their folders where "
         "`delete_old_dirs` says so.")
    .shape(merge_shape)
    .kernel<NoCheckpoints>(kCpu)
    .sets_outputs();

REFLOW_OP("SaveSlices")
    .input("filename: string")
    .input("tensor_names: string")
    .input("shapes_and_slices: string")
    .input("data: T")
    .attr("T: list(type) >= 1")
    .stateful()
    .doc("Saves tensors in a checkpoint V1. An empty string of `shapes_and_slices` stands for the whole tensor.")
    .shape(check_names)
    .kernel<NoCheckpoints>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
