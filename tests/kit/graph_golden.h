#pragma once

#include <string>
#include <vector>

#include "reflow/client/graph.h"

namespace reflow::testing {

struct GraphGoldenOptions {
  int first_nodes = -1;      // compare only so many; -1: all, and that there are no more
  std::vector<std::string> without;  // leave out nodes of the golden graph whose names begin so
  bool collections = false;  // compare these too (by the names of their items)
  std::string folder = "tf-1.15/graphs";  // of the data; shapes and collections are known of the graphs there
};

// Compares the default graph with the golden graph graphs/NAME.pbtxt.gz where there is one, else FOLDER/NAME.pbtxt, node by
// node in their order (name, op, inputs, device, attributes), and the static shape of each tensor. Fails the test with the first
// few differences.
void expect_golden_graph(const std::string& name, const GraphGoldenOptions& options = {});

}  // namespace reflow::testing
