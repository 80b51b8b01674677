// Walks back through the steps of a beam search.

#include <algorithm>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// step_ids, parent_ids, beams: [time, batch, beam].
class GatherTree : public Kernel {
 public:
  explicit GatherTree(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const int32_t* ids = c.input(0).data<int32_t>();
    const int32_t* parents = c.input(1).data<int32_t>();
    const int32_t* lengths = c.input(2).data<int32_t>();
    const int32_t end = *c.input(3).data<int32_t>();
    Tensor& output = c.output(0);
    int32_t* beams = output.data<int32_t>();
    std::fill_n(beams, output.num_elements(), end);
    const int64_t steps = output.dim(0), batch = output.dim(1), width = output.dim(2);
    for (int64_t b = 0; b < batch; ++b) {
      const int64_t length = std::min<int64_t>(steps, lengths[b]);
      for (int64_t beam = 0; beam < width; ++beam) {
        int64_t from = beam;
        for (int64_t t = length - 1; t >= 0; --t) {
          if (from < 0 || from >= width) {
            return invalid_argument("Saw invalid parent id {} at (batch, time, beam) == ({}, {}, {})", from, b, t, beam);
          }
          beams[(t * batch + b) * width + beam] = ids[(t * batch + b) * width + from];
          from = parents[(t * batch + b) * width + from];
        }
        // What follows the first end is no part of the sequence.
        bool ended = false;
        for (int64_t t = 0; t < length; ++t) {
          int32_t& id = beams[(t * batch + b) * width + beam];
          if (ended) id = end;
          ended |= id == end;
        }
      }
    }
    return OkStatus();
  }
};

Status gather_tree_shape(ShapeContext& c) {
  Shape ids, parents, lengths, scalar;
  if (c.concrete()) {
    if (c.input(3).rank() != 0) return invalid_argument("end_token must be a scalar, saw shape: {}", c.input(3).str());
    if (c.input(0).rank() != 3) return invalid_argument("step_ids must be a 3-tensor, saw shape: {}", c.input(0).str());
    if (c.input(2).rank() != 1) {
      return invalid_argument("max_sequence_lengths must be a vector, saw shape: {}", c.input(2).str());
    }
    if (c.input(0) != c.input(1)) {
      return invalid_argument("step_ids.shape must match parent_ids.shape, but shapes are: {} and {}",
                              c.input(0).str(), c.input(1).str());
    }
    if (c.input(0).dim(1) != c.input(2).dim(0)) {
      return invalid_argument("batch size dimensions step_ids.shape[1] and max_sequence_lengths.shape[0] must match.  "
                              "but shapes are: {} and {}", c.input(0).str(), c.input(2).str());
    }
  }
  RETURN_IF_ERROR(c.with_rank(c.input(0), 3, &ids));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 3, &parents));
  RETURN_IF_ERROR(c.merge(ids, parents, &ids));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &lengths));
  RETURN_IF_ERROR(c.with_rank(c.input(3), 0, &scalar));
  int64_t batch;
  RETURN_IF_ERROR(c.merge_dim(ids.dim(1), lengths.dim(0), &batch));
  ids.set_dim(1, batch);
  c.set_output(0, ids);
  return OkStatus();
}

REFLOW_OP("GatherTree")
    .input("step_ids: T")
    .input("parent_ids: T")
    .input("max_sequence_lengths: int32")
    .input("end_token: T")
    .output("beams: T")
    .attr("T: {int32}")
    .doc("The sequences of a beam search, [time, batch, beam]: each is followed back from its last step through the beams "
         "that `parent_ids` names. What follows the first `end_token`, or is beyond the batch's length, is `end_token`.")
    .shape(gather_tree_shape)
    .kernel<GatherTree>(kCpu);

}  // namespace
}  // namespace reflow::ops
