#include "reflow/distributed/colocations.h"

#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::distributed {

Colocations take_colocations(tensorflow::GraphDef* graph) {
  Colocations colocations;
  for (tensorflow::NodeDef& node : *graph->mutable_node()) {
    const auto found = node.attr().find("_class");
    if (found == node.attr().end()) continue;
    const auto& groups = found->second.list().s();
    colocations[node.name()].assign(groups.begin(), groups.end());
    node.mutable_attr()->erase("_class");
  }
  return colocations;
}

}  // namespace reflow::distributed
