#pragma once

// Graphs whose variables are constants: what TensorFlow's graph_util and freeze_graph do.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/session.h"

namespace reflow::graph_util {

struct FreezeOptions {
  std::optional<std::set<std::string>> variable_names_whitelist;  // only these become constants
  std::set<std::string> variable_names_blacklist;                 // these don't
};
// The serialized GraphDef of what the output nodes depend on, with the variables' values in the session as constants.
// REQUIRES: the session's graph has the nodes of `graph_def`.
// ValueError: "NAME is not in graph", "Cannot find the variable that is an input to the ReadVariableOp.".
std::string convert_variables_to_constants(const Session& session, std::string_view graph_def,
                                           const std::vector<std::string>& output_node_names, const FreezeOptions& options = {});

// The serialized GraphDef of what these nodes depend on, in the order of `graph_def`. ValueError: "NAME is not in graph".
std::string extract_sub_graph(std::string_view graph_def, const std::vector<std::string>& dest_nodes);

}  // namespace reflow::graph_util
