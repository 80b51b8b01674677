#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reflow/runtime/control_flow_info.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

// The fixed order in which frames of a plan (the root, and loops) run where no kernel in them waits for anything: what
// comes before what is known beforehand, so that nothing is counted or queued, and every output has one place, its slot
// in Plan, which all iterations use. Nodes that only hand a value on (Switch, Identity, NextIteration) have no place of
// their own. Immutable; shared by the runs of the plan.
struct Schedule {
  enum class StepKind : uint8_t { kKernel, kHandOn, kSwitch, kMerge, kLoop };
  struct Step {
    StepKind kind = StepKind::kKernel;
    bool prepares_outputs = false;
    bool dereferences = false;
    int32_t instruction = 0;  // of kLoop: the frame
    op::Kernel* kernel = nullptr;
    uint64_t dying_inputs = 0;  // bit i: nothing in the frame reads input i after this
    // Flags of the outputs and nodes that this waits for and that may be dead; if one is, all that this gives is dead.
    int32_t first_condition = 0, num_conditions = 0;
    int32_t first_release = 0, num_releases = 0;  // slots that nothing reads after this
  };
  // A value that goes from one iteration into the next.
  struct Carried {
    int32_t instruction;  // the NextIteration
    int32_t from, to;     // slots; `to` is the Merge's
    bool swap;            // nobody else needs what is in `from`
    int32_t first_condition, num_conditions;
  };
  // A value that comes into a loop, or leaves it.
  struct Border {
    int32_t instruction;  // the Enter or Exit
    int32_t from, to;     // slots, of which one is outside of the loop
    bool move;            // nobody else needs what is in `from`
  };
  struct Frame {
    bool valid = false;
    std::string reason;  // why it isn't
    // Of a loop: what decides whether it goes on, and what one iteration does then. Of the root all is in `head`.
    std::vector<Step> head, body;
    int32_t predicate = -1;       // slot
    int32_t first_condition = 0, num_conditions = 0;  // of the predicate
    int32_t loop_switch = -1;     // an instruction that reads the predicate, for messages
    std::vector<Carried> carried;
    std::vector<Border> enters, exits;  // of enters, `from` only where the frame around is valid too
    std::vector<int32_t> own_slots;     // of its nodes' outputs: to be let go when the loop ends
  };

  std::vector<Frame> frames;           // as ControlFlowInfo::frames
  std::vector<int32_t> input_slots;    // Plan::input_slots, where the values really are
  std::vector<int32_t> source_of;      // by slot: where its value really is
  std::vector<uint8_t> is_constant;    // by slot: put there once, and never changed
  std::vector<int32_t> conditions;     // flags: a slot, or num_slots + an instruction
  std::vector<int32_t> releases;       // slots
  int num_flags = 0;

  static Schedule make(const Plan& plan, const ControlFlowInfo& info);
};

}  // namespace reflow::runtime
