#pragma once

// What a Checkpoint knows of its objects. Not for users.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reflow/train/checkpoint.h"
#include "reflow/train/object_graph.h"

namespace reflow::train {

inline constexpr const char* kVariableValue = "VARIABLE_VALUE";  // the attribute of objects that are variables

// An object with its place among the nodes.
struct Checkpoint::Named {
  Trackable object;
  std::string name;  // "model/w"; of a slot "model/w/.OPTIMIZER_SLOT/optimizer/m"
  ObjectGraph::Node node;
};

// The keys that a checkpoint has for the variables of these objects, and what is only on one side.
struct Checkpoint::Matches {
  std::vector<std::pair<Variable, std::string>> found;
  std::vector<Named> unmatched;  // variables
  std::vector<std::string> unused_keys;
};

}  // namespace reflow::train
