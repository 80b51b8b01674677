#pragma once

#include <cstdint>
#include <vector>

#include "reflow/runtime/executor.h"
#include "reflow/runtime/program.h"
#include "reflow/runtime/schedule.h"

namespace reflow::runtime {

// Runs frames of a plan by their schedule, in the slots and contexts of a Frame, which it belongs to. Small outputs keep
// their memory from one iteration and run to the next, so that a loop over scalars allocates nothing. One thread.
class ScheduledRun {
 public:
  ScheduledRun(const Plan& plan, Frame& frame);

  // A run begins, which `control` may end. It outlives the run.
  void begin(const RunControl& control) { control_ = &control; }

  // The whole plan. REQUIRES: the root's schedule is valid, feeds are in their slots. Fetched values are left in theirs.
  // Errors name the node.
  Status run_root();

  // One loop, for the dataflow loop around it. REQUIRES: its schedule is valid.
  struct Outside {
    int instruction;  // an Enter
    op::Value value;
  };
  // *leaves: false when nothing live leaves the loop; else what left is at leaving() until end_loop().
  Status run_loop(int frame, std::vector<Outside> entering, bool* leaves);
  op::Value leaving(const Schedule::Border& exit);
  void end_loop(int frame);

 private:
  Status check_now_and_then();
  Status iterate(int frame, bool* leaves);
  Status run_steps(const std::vector<Schedule::Step>& steps, uint64_t epoch);
  Status run_kernel(const Schedule::Step& step, uint64_t epoch);
  Status run_switch(const Schedule::Step& step);
  Status run_merge(const Schedule::Step& step);
  Status run_inner_loop(const Schedule::Step& step);
  Status prepare(const Schedule::Step& step, op::KernelContext& context, uint64_t epoch);
  Status allocate_outputs(const Schedule::Step& step, op::KernelContext& context);
  Status carry_on(int frame, uint64_t* epoch);
  Status take(int instruction, int from, bool move, op::Value* to);
  void settle(const Schedule::Frame& loop, uint64_t epoch);
  bool any_dead(int first, int num) const;
  void mark(int instruction, bool dead);
  void release(int slot);
  void let_go(int slot);

  const Plan& plan_;
  const Schedule& schedule_;
  Frame& frame_;
  const RunControl* control_ = nullptr;
  int until_check_ = 0;
  std::vector<uint8_t> dead_;        // by flag of the schedule
  std::vector<uint8_t> keeps_;       // by slot: its memory may be used again
  std::vector<uint8_t> small_;       // by slot: it has small memory of its own, which stays
  // Shapes are looked at once for each epoch: an epoch ends when a value that is carried on has another shape than in
  // the iteration before. What follows in shape from settled values alone is settled.
  uint64_t last_epoch_ = 0;
  std::vector<uint64_t> settled_;    // by slot: in this epoch
  std::vector<uint64_t> checked_;    // by instruction: in this epoch
  std::vector<std::vector<Shape>> carried_shapes_;  // by frame
  bool parts_lent_ = false;  // the outputs of this kernel are parts of an input: it isn't called
  std::vector<op::Value> moving_;
};

}  // namespace reflow::runtime
