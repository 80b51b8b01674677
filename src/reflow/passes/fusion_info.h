#pragma once

// What the pass `fusion` knows of the nodes before it groups them.

#include <vector>

#include "reflow/graph/graph.h"
#include "reflow/op/elementwise.h"

namespace reflow::passes {

enum class FusedKind : uint8_t { kNone, kElementwise, kAddN, kGradientDescent, kMomentum, kAssignAdd, kAssignSub };

struct FusionInfo {
  FusedKind kind = FusedKind::kNone;
  bool is_update = false;  // writes into a variable
  bool tail = false;       // what it computes only goes into updates
  int shape_class = -1;    // nodes of one class may share a fused node: they are executed together, too
  op::ElementwiseInfo elementwise{};
};

// One output shape on one device, for the nodes of a graph.
struct ShapeClass {
  Shape shape;
  int device;
  bool tail;
  int num_conditions;  // of what has to have happened for them to run
  int64_t size;        // estimated elements
};

struct FusionAnalysis {
  std::vector<FusionInfo> nodes;  // by id
  std::vector<ShapeClass> classes;
  // By id: the node of the variable whose memory the node's output 0 is (a reference to it, a read, a view of a read);
  // -1: none.
  std::vector<int> variable_of;
  std::vector<graph::Node*> order;  // topological; empty where the graph has a cycle
};

FusionAnalysis analyze_for_fusion(const graph::Graph& graph);

}  // namespace reflow::passes
