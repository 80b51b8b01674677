#pragma once

#include <map>
#include <string>
#include <vector>

namespace tensorflow {
class GraphDef;
}

namespace reflow::distributed {

// The attributes "_class" of nodes, by their names.
using Colocations = std::map<std::string, std::vector<std::string>>;

// Takes them out of a graph that is a part of one: they may name nodes that the part hasn't, which importing it refuses.
Colocations take_colocations(tensorflow::GraphDef* graph);

}  // namespace reflow::distributed
