#pragma once

#include "reflow/base/status.h"
#include "reflow/distributed/graph_run.h"

namespace tensorflow {
class RunGraphRequest;
class RunGraphResponse;
}  // namespace tensorflow

// RunGraph's messages. Errors: those of tensors that can't be read or written.
namespace reflow::distributed {

Status to_proto(const GraphRun& run, tensorflow::RunGraphRequest* proto);
StatusOr<GraphRun> from_proto(const tensorflow::RunGraphRequest& proto);
Status to_proto(const GraphRun& run, const GraphRunResult& result, tensorflow::RunGraphResponse* proto);
// Internal: a value is missing. Or the error that the message tells of.
Status from_proto(const GraphRun& run, const tensorflow::RunGraphResponse& proto, GraphRunResult* result);

}  // namespace reflow::distributed
