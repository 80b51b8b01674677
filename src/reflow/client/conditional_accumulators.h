#pragma once

// Sums or means of gradients of several workers, which forget gradients of steps that are over.

#include <optional>
#include <string>

#include "reflow/client/gradients.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct AccumulatorOptions {
  Shape shape = Shape::unknown();  // of the gradients
  std::string shared_name, name;
  std::string reduction_type = "MEAN";  // or "SUM"
};

// Takes gradients until there are enough, and then gives out their mean or sum. It has a step of its own, which grows with
// each gradient given out; gradients of earlier steps are dropped. A handle.
class ConditionalAccumulatorBase {
 public:
  const Output& accumulator_ref() const { return ref_; }
  std::string name() const;  // the last part of its op's name
  DType dtype() const { return dtype_; }
  // How many gradients it has taken since it gave one out, int32.
  Output num_accumulated(const NameOptions& options = {}) const;
  // Sets its step, which never goes back.
  Operation set_global_step(const TensorLike& new_global_step, const NameOptions& options = {}) const;

 protected:
  ConditionalAccumulatorBase(const char* op, const char* prefix, const char* default_name, DType dtype,
                             const AccumulatorOptions& options);
  DType dtype_;
  Shape shape_;
  Output ref_;

 private:
  std::string prefix_;  // of the names of ops
};

struct ApplyGradOptions {
  TensorLike local_step = 0;
  std::string name;
};

class ConditionalAccumulator : public ConditionalAccumulatorBase {
 public:
  explicit ConditionalAccumulator(DType dtype, const AccumulatorOptions& options = {});
  // Adds a gradient, unless `local_step` is over. ValueError: its shape isn't the accumulator's.
  Operation apply_grad(const TensorLike& grad, const ApplyGradOptions& options = {}) const;
  // The mean or sum of the gradients, when there are `num_required`; the accumulator is empty then.
  Output take_grad(const TensorLike& num_required, const NameOptions& options = {}) const;
};

// The same for rows of tensors.
class SparseConditionalAccumulator : public ConditionalAccumulatorBase {
 public:
  explicit SparseConditionalAccumulator(DType dtype, const AccumulatorOptions& options = {});
  Operation apply_grad(const TensorLike& grad_indices, const TensorLike& grad_values, const TensorLike& grad_shape = {},
                       const ApplyGradOptions& options = {}) const;
  Operation apply_indexed_slices_grad(const IndexedSlices& grad, const ApplyGradOptions& options = {}) const;
  struct Rows {
    Output indices, values, shape;
  };
  Rows take_grad(const TensorLike& num_required, const NameOptions& options = {}) const;
  IndexedSlices take_indexed_slices_grad(const TensorLike& num_required, const NameOptions& options = {}) const;
};

}  // namespace reflow

namespace reflow::sparse {

using reflow::SparseConditionalAccumulator;

}  // namespace reflow::sparse
