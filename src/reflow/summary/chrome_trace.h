#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace tensorflow {
class StepStats;
}

namespace reflow::summary {

// The trace of a run for chrome://tracing: JSON, to the letter what tf's timeline.Timeline(step_stats)
// .generate_chrome_trace_format(show_memory=show_memory) gives. A row of lanes for each device's nodes, arrows from nodes to
// nodes in other lanes; with `show_memory` also tensors, and counters of the memory in use.
std::string chrome_trace(const tensorflow::StepStats& step_stats, bool show_memory);
// The same of a serialized RunMetadata. InvalidArgument: it isn't one.
StatusOr<std::string> chrome_trace(std::string_view run_metadata, bool show_memory);

}  // namespace reflow::summary
