#pragma once

#include "reflow/base/status.h"
#include "reflow/distributed/master_stub.h"

namespace tensorflow {
class RunStepRequest;
class RunStepResponse;
}  // namespace tensorflow

// RunStep's messages. Errors: those of tensors that can't be read or written.
namespace reflow::distributed {

Status to_proto(const Step& step, tensorflow::RunStepRequest* proto);
StatusOr<Step> from_proto(const tensorflow::RunStepRequest& proto);
Status to_proto(const Step& step, const StepResult& result, tensorflow::RunStepResponse* proto);
// Internal: a value is missing. Or the error that the message tells of.
Status from_proto(const Step& step, const tensorflow::RunStepResponse& proto, StepResult* result);

}  // namespace reflow::distributed
