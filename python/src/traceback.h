#pragma once

// Where Python programs make operations: code objects with places in them, read only when someone asks.

#include <nanobind/nanobind.h>

namespace reflow::graph {
class Node;
}

namespace reflow::python {

// A list of (file, line, function), the outermost first; empty: the node wasn't made by a Python program.
nanobind::list traceback_of(const graph::Node& node);

}  // namespace reflow::python
