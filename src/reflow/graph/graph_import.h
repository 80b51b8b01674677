#pragma once

// The parts of import_graph_def: what the proto says is read and ordered first, without touching the graph, then added.

#include <absl/container/flat_hash_map.h>

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph_def.h"

namespace reflow::graph {

// An input as a NodeDef writes it: "name", "name:2", "^name".
struct InputName {
  std::string_view node;
  int index = 0;  // -1: a control input
  static InputName parse(std::string_view text);
  bool operator==(const InputName&) const = default;
};

// An input of a node of the proto: another node of it, or what stands for it in the graph.
struct ImportInput {
  int node = -1;     // of the proto; -1: `mapped` (or `control`)
  int index = 0;     // -1: a control input
  Endpoint mapped;
  Node* control = nullptr;
};

struct ImportNode {
  std::string name;  // in the graph
  std::vector<ImportInput> inputs;
  bool waits_for_one = false;  // Merge of a loop: its back edge comes later
};

// What is known of a proto before its nodes are made.
struct ImportPlan {
  std::vector<ImportNode> nodes;  // as in the proto
  std::vector<int> order;         // in which they can be made
  absl::flat_hash_map<std::string_view, int> by_name;  // keys are in the proto
  std::vector<std::string> unused_input_map_keys;
};

// Checks names, inputs and cycles. Errors are those of import_graph_def.
StatusOr<ImportPlan> plan_import(const tensorflow::GraphDef& proto, const ImportOptions& options, const Graph& graph);

}  // namespace reflow::graph
