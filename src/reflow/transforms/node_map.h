#pragma once

// Nodes of a GraphDef by name, and what is often done to lists of nodes.

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace tensorflow {
class GraphDef;
class NodeDef;
}  // namespace tensorflow

namespace reflow::transforms {

// "name", "name:2" or "^name" -> "name".
std::string_view node_of_input(std::string_view input);

// Good as long as the nodes stay where they are.
class NodeMap {
 public:
  explicit NodeMap(const tensorflow::GraphDef& graph);
  // The node of an input; null: there is none.
  const tensorflow::NodeDef* find(std::string_view input) const;
  // How many inputs, control inputs too, come from the node.
  int num_readers(std::string_view name) const;

 private:
  absl::flat_hash_map<std::string_view, const tensorflow::NodeDef*> nodes_;
  absl::flat_hash_map<std::string_view, int> readers_;
};

// InvalidArgument: two nodes have one name.
Status check_unique_names(const tensorflow::GraphDef& graph);

// Keeps the nodes for which `keeps` is true.
void filter_nodes(tensorflow::GraphDef* graph, const std::function<bool(const tensorflow::NodeDef&)>& keeps);

// Puts what nodes read in other places: "name:0" or "name" -> input, "^name" -> control input ("": none), followed from
// one to the next. Control inputs end up behind the others, each once. InvalidArgument: they lead in a circle.
Status redirect_inputs(const std::map<std::string, std::string>& replacements, tensorflow::GraphDef* graph);

}  // namespace reflow::transforms
