#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::distributed {

// The loops of a graph, and in which of them each node runs.
struct LoopFrames {
  struct Frame {
    std::string name;  // frame_name of its Enters
    int parent = 0;
    int64_t parallel_iterations = 1;
    graph::Node* condition = nullptr;  // its LoopCond
  };
  std::vector<Frame> frames;     // 0: the run itself, which is no loop
  std::vector<int> output_frame;  // by id of the node: where its outputs are. Those of an Enter are inside, of an Exit outside

  static LoopFrames find(const graph::Graph& graph);
};

}  // namespace reflow::distributed
