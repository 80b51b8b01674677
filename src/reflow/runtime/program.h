#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "reflow/op/cancellation.h"
#include "reflow/op/kernel.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

class ScheduledRun;

// What the shape function of an instruction said for the input shapes of the last time.
struct ShapeMemo {
  bool valid = false;
  bool needs_values = false;  // the shapes depend on values that aren't constants
  std::vector<Shape> inputs, outputs;
};

// Memory of a frame that planned tensors share. Transient: who keeps a tensor longer than the run copies it. Between runs a
// large one lies with the allocator, so that the programs of a session need as much as the largest of them.
class Arena : public Buffer {
 public:
  explicit Arena(size_t size_bytes);

  // Gets memory, where there is none: often that of before. False: none is left.
  bool take();
  // Lets others use the memory, if it is large, until take().
  void lend();

 private:
  ~Arena() override;

  size_t allocated_ = 0;
};

// The state of one run of a program: value slots, and contexts that point into them. Kept between runs, so that a run
// allocates nothing that it can keep. One thread at a time.
struct Frame {
  explicit Frame(const Program& program);
  // Before each run: takes the arena, makes outputs of known shape point into it, and puts presets in.
  Status bind(const Program& program);

  std::vector<op::RunEnv> envs;  // by device
  std::vector<op::Value> values;
  std::vector<op::Value*> inputs;
  std::vector<op::KernelContext> contexts;  // by instruction
  op::CancellationManager cancellation;
  op::ResourceManager step_resources{"step"};
  BufferRef arena;               // an Arena
  void* bound_to = nullptr;      // the memory of the arena that outputs point into
  bool has_presets = false;
  std::vector<ShapeMemo> memos;  // by instruction, for those whose shapes aren't planned; empty until needed
  std::shared_ptr<ScheduledRun> scheduled;  // of plans that have a schedule; empty until needed
  bool spoiled = false;          // its slots no longer are as bound: not to be used again
};

// A plan specialised to the shapes of its feeds: shapes are computed once by the ops' shape functions, memory is
// planned, ops whose value follows from shapes are evaluated, ops that only change the view of a planned buffer are left
// out. What can't be known beforehand is a dynamic step, whose shape function runs each time.
class Program {
 public:
  // REQUIRES: `feeds` have the plan's types. `specialized` false: nothing is assumed of the feeds.
  Program(Plan& plan, std::span<const Tensor> feeds, bool specialized);

  bool accepts(std::span<const Tensor> feeds) const;
  const Plan& plan() const { return plan_; }

  // A frame of one's own until it is given back.
  StatusOr<std::unique_ptr<Frame>> take_frame();
  void give_back(std::unique_ptr<Frame> frame);

  struct Step {
    op::Kernel* kernel;
    int32_t instruction;
    bool plain;  // nothing to do but to call the kernel
    bool dynamic = false;
    int32_t parts = -1;  // into `lent_parts`: the kernel isn't called
    int16_t num_checks = 0, num_releases = 0;
    int32_t first_check = 0, first_release = 0;
  };
  // Input `input` of a step is a reference that is read: it has to be initialised, and of the shape counted with.
  struct RefCheck {
    int input;
    Shape shape;  // unknown: any
  };
  struct LentParts {
    op::Parts parts;
    Shape whole;
    std::vector<Shape> shapes;
  };
  struct Planned {
    int slot;
    int64_t offset;  // in the arena
    Shape shape;
    DType type;
  };
  struct Preset {
    int slot;
    Tensor value;
  };
  struct Fetched {
    int slot;
    Shape shape;
    DType type;
  };

  std::vector<Step> steps;
  std::vector<RefCheck> checks;
  std::vector<LentParts> lent_parts;
  std::vector<int> releases;          // slots, by step
  std::vector<int> releases_at_end;
  std::vector<Planned> planned;
  std::vector<Preset> presets;
  std::vector<Fetched> fresh_fetches;  // outputs that get memory of their own in each run, to be handed out
  int64_t arena_bytes = 0;

 private:
  Plan& plan_;
  bool specialized_;
  std::vector<Shape> feed_shapes_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Frame>> free_frames_;
};

// Makes the memo tell of the inputs as they are now.
Status update_shapes(const Instruction& in, const op::KernelContext& context, ShapeMemo& memo);

// Gives output `i` memory: that of an input that dies with this instruction, its own of before, or new.
Status allocate_output(const Instruction& in, op::KernelContext& context, uint64_t dying_inputs, int i, const Shape& shape);

// Allocates the outputs of an instruction whose shapes weren't planned: the shape function says how large; the memory of
// an input is taken over where the op allows it and bit i of `dying_inputs` says that nobody reads it afterwards. *done: the
// outputs are parts of an input, and the kernel isn't to be called.
Status prepare_outputs(const Plan& plan, const Instruction& in, op::KernelContext& context, uint64_t dying_inputs,
                       ShapeMemo& memo, bool* done);

// The above, and runs the kernel. Errors don't name the node yet.
Status run_dynamic(const Plan& plan, int instruction, Frame& frame);

}  // namespace reflow::runtime
