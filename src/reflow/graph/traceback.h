#pragma once

#include <memory>

namespace reflow::graph {

// Has each node that create_op makes keep what `capture` gives (Node::traceback): the stack of a language binding. Null:
// nothing. REQUIRES: no graph is being built.
using TracebackCapture = std::shared_ptr<const void> (*)();
void set_traceback_capture(TracebackCapture capture);

}  // namespace reflow::graph
