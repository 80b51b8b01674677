#pragma once

// The graph of objects that a checkpoint of train::Checkpoint has: TrackableObjectGraph. Not for users.

#include <string>
#include <string_view>
#include <vector>

namespace reflow::train {

struct ObjectGraph {
  struct Child {
    int node;
    std::string name;
  };
  struct Attribute {
    std::string name, full_name, key;
  };
  struct Slot {
    int original;  // the variable's node
    std::string name;
    int node;
  };
  struct Node {
    std::vector<Child> children;
    std::vector<Attribute> attributes;
    std::vector<Slot> slots;
  };
  std::vector<Node> nodes;  // the first is the root

  std::string serialize() const;
  // ValueError: these bytes are none, or name nodes that aren't there.
  static ObjectGraph parse(std::string_view bytes);
};

// The key under which checkpoints have an object graph.
inline constexpr const char* kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

}  // namespace reflow::train
