#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

// The static structure of a plan with loops: which frame each instruction runs in, which frame its outputs live in, and
// where in the storage of an iteration; laid out for the dataflow loop.
struct ControlFlowInfo {
  // What an instruction of one iteration waits for. Of Merge, `pending` counts control inputs only.
  struct NodeState {
    int32_t pending = 0, dead_inputs = 0;
  };
  struct StaticFrame {
    std::string name;
    int parent = -1;
    int child_index = 0;          // among the frames within the parent
    int num_children = 0;
    int num_enters = 0;           // Enter nodes that lead into it
    int parallel_iterations = 1;
    int num_values = 0;           // storage of one iteration
    int num_constants = 0;        // storage of what is the same in all iterations
    std::vector<NodeState> nodes;  // as an iteration begins; indexed by Instr::local
  };
  struct Edge {
    int32_t consumer;  // instruction
    int32_t output;    // of the producer; -1: a control edge
  };
  struct Instr {
    op::ControlKind kind = op::ControlKind::kNone;
    bool constant_enter = false;
    bool takes_dead_inputs = false;  // _Send hands them on
    int frame = 0, output_frame = 0;
    int local = 0;             // among the frame's instructions
    int first_value = 0;       // its outputs in the storage of output_frame
    int first_edge = 0, num_edges = 0;
  };
  std::vector<StaticFrame> frames;  // 0: the root
  std::vector<Instr> instructions;
  std::vector<Edge> edges;
  // Where the values of Plan::input_slots are: an index into the iteration's storage, or ~index into that of the frame.
  std::vector<int32_t> input_values;
  std::vector<int32_t> fetch_values;  // of Plan::fetch_slots, in the root's storage
  std::vector<int32_t> num_readers;  // data edges from each slot; fetched ones have one more
  int max_inputs = 0;

  // InvalidArgument: inputs from different frames, Enter without frame_name, Exit or NextIteration outside of loops, a fetch within one.
  static StatusOr<ControlFlowInfo> analyse(const Plan& plan);
};

}  // namespace reflow::runtime
