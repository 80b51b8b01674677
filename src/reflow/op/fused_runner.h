#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reflow/op/fused_program.h"
#include "reflow/op/kernel.h"
#include "reflow/op/vector_ternary.h"

namespace reflow::op {

// Runs a FusedProgram: all steps for a few hundred elements, which stay in the first-level cache, then for the next; the
// pool shares the parts. A program over single elements is interpreted number by number instead. Made once by a kernel;
// any thread may call run().
class FusedRunner {
 public:
  explicit FusedRunner(FusedProgram program);
  const FusedProgram& program() const { return program_; }

  // Computes the kernel's outputs, which are allocated, from its inputs, and writes into `refs`, the variables behind the
  // references, each locked by the caller and initialised. InvalidArgument: variables differ in shape.
  Status run(KernelContext& c, std::span<Variable* const> refs) const;

 private:
  enum class Kind : uint8_t { kUnary, kBinary, kTernary, kCopy };
  struct Step {
    Kind kind;
    union {
      UnaryFn<float> unary;
      BinaryFn<float> binary;
      TernaryFn ternary;
    };
    uint16_t to, a, b, c;  // slots
  };
  struct Run;

  void assign_slots();
  std::optional<TernaryOp> joins_next(int i, const std::vector<int>& uses) const;
  Shape shape_of_results(KernelContext& c, int o) const;
  StatusOr<Tensor> copy_of_part(KernelContext& c, int i) const;
  void run_scalars(KernelContext& c, std::span<Variable* const> refs) const;
  Status run_tiles(KernelContext& c, std::span<Variable* const> refs, const Shape& shape) const;
  Status run_each_output(KernelContext& c, std::span<Variable* const> refs) const;
  Status read_inputs(KernelContext& c, Run& run) const;
  Status place_outputs(KernelContext& c, Run& run) const;
  void run_part(const Run& run, int64_t begin, int64_t end) const;
  void run_steps(const Run& run, float* const* at, const uint8_t* step, int64_t n) const;

  FusedProgram program_;
  // Slots: inputs, references, constants, outputs, registers.
  int first_output_slot_ = 0, first_register_ = 0, num_registers_ = 0;
  std::vector<Step> steps_;
  std::vector<int> last_use_;        // by input: the step that reads it last; -1: none
  std::vector<int> result_step_;     // by output: the step that computes it
  double element_cost_ns_ = 0;
};

}  // namespace reflow::op
