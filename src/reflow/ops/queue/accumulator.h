#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/op/kernel.h"
#include "reflow/tensor/tensor.h"

namespace reflow::ops {

// Adds gradients up until as many as are wanted have come, and gives their mean or sum: what ConditionalAccumulator and
// SparseConditionalAccumulator make. Gradients older than the accumulator's step are dropped. Thread-safe.
class Accumulator : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow26ConditionalAccumulatorBaseE";
  enum class Reduction { kMean, kSum };
  // `shape` may be partly known: every gradient has to fit it.
  Accumulator(DType dtype, Shape shape, Reduction reduction, bool is_sparse)
      : dtype_(dtype), shape_(std::move(shape)), reduction_(reduction), is_sparse_(is_sparse) {}
  std::string debug_string() const override { return "A conditional accumulator"; }

  DType dtype() const { return dtype_; }
  bool is_sparse() const { return is_sparse_; }
  const Shape& shape() const { return shape_; }

  // InvalidArgument: "Shape mismatch: expected [2], got [3]".
  Status apply(int64_t local_step, const Tensor& gradient);
  // Row i of `values` belongs to row indices[i] of the whole, whose shape is `shape` if `has_shape`.
  Status apply_sparse(int64_t local_step, const Tensor& indices, const Tensor& values, const Tensor& shape, bool has_shape);
  int32_t num_accumulated() const;
  // Never goes back.
  void set_global_step(int64_t step);
  // Calls `done` once `num_required` gradients have come, now or later, with the outputs of `c` set: the mean (or sum), or
  // indices, values and shape. Then the next step begins. Cancelled: "TakeGrad operation was cancelled".
  void take(op::KernelContext& c, int32_t num_required, std::function<void(Status)> done);

 private:
  struct Row {
    Tensor sum;
    int64_t count = 0;
  };
  struct Waiting {
    op::KernelContext* context;
    op::CancellationManager* cancellation;  // may be null
    int32_t num_required;
    std::function<void(Status)> done;
    int64_t token;
  };
  Status put_outputs(op::KernelContext& c);
  Status put_sparse_outputs(op::KernelContext& c);
  void serve_waiting();
  void cancel(op::CancellationManager* cancellation, int64_t token);

  const DType dtype_;
  const Shape shape_;
  const Reduction reduction_;
  const bool is_sparse_;
  mutable std::mutex mutex_;
  int64_t step_ = 0;
  int32_t count_ = 0;
  Tensor sum_;                  // dense
  std::map<int64_t, Row> rows_;  // sparse, by index
  Shape row_shape_;
  std::list<Waiting> waiting_;
};

}  // namespace reflow::ops
