#pragma once

#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

// The static structure of a plan with loops: which frame each instruction runs in, which frame its outputs live in, and
// where in the storage of an iteration.
struct ControlFlowInfo {
  struct StaticFrame {
    std::string name;
    int parent = -1;
    int num_enters = 0;        // Enter nodes that lead into it
    int parallel_iterations = 1;
    int num_values = 0;        // storage of one iteration
    std::vector<int> instructions;
  };
  struct Edge {
    int consumer;  // instruction
    int input;     // -1: control
  };
  struct Instr {
    int frame = 0, output_frame = 0;
    int local = 0;          // among the frame's instructions
    int pending = 0;        // inputs and control inputs to wait for; of Merge: control inputs only
    bool constant_enter = false;
    std::vector<std::vector<Edge>> edges;  // by output
    std::vector<int> control_edges;
  };
  std::vector<StaticFrame> frames;  // 0: the root
  std::vector<Instr> instructions;
  std::vector<int> local_slot;      // of each slot in the storage of its frame's iterations
  std::vector<int> num_readers;     // data edges from each slot; fetched ones have one more

  // InvalidArgument: inputs from different frames, Enter without frame_name, an Exit outside of loops.
  static StatusOr<ControlFlowInfo> analyse(const Plan& plan);
};

}  // namespace reflow::runtime
