#include "reflow/distributed/step_proto.h"

#include <map>

#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/protobuf/master.pb.h"

namespace reflow::distributed {

Status to_proto(const Step& step, tensorflow::RunStepRequest* proto) {
  proto->set_session_handle(step.session);
  for (const auto& [name, value] : step.feeds) {
    tensorflow::NamedTensorProto* feed = proto->add_feed();
    feed->set_name(name);
    RETURN_IF_ERROR(tensor_to_proto(value, feed->mutable_tensor(), TensorForm::kContent));
  }
  for (const std::string& name : step.fetches) proto->add_fetch(name);
  for (const std::string& name : step.targets) proto->add_target(name);
  if (!proto->mutable_options()->ParseFromString(step.options)) return invalid_argument("Not RunOptions");
  if (step.timeout_ms > 0) proto->mutable_options()->set_timeout_in_ms(step.timeout_ms);
  proto->set_partial_run_handle(step.partial_run);
  proto->set_store_errors_in_response_body(true);
  return OkStatus();
}

StatusOr<Step> from_proto(const tensorflow::RunStepRequest& proto) {
  Step step;
  step.session = proto.session_handle();
  for (const tensorflow::NamedTensorProto& feed : proto.feed()) {
    ASSIGN_OR_RETURN(Tensor value, tensor_from_proto(feed.tensor()));
    step.feeds.emplace_back(feed.name(), std::move(value));
  }
  step.fetches.assign(proto.fetch().begin(), proto.fetch().end());
  step.targets.assign(proto.target().begin(), proto.target().end());
  step.options = proto.options().SerializeAsString();
  step.timeout_ms = proto.options().timeout_in_ms();
  step.partial_run = proto.partial_run_handle();
  return step;
}

Status to_proto(const Step& step, const StepResult& result, tensorflow::RunStepResponse* proto) {
  for (size_t i = 0; i < step.fetches.size(); ++i) {
    tensorflow::NamedTensorProto* tensor = proto->add_tensor();
    tensor->set_name(step.fetches[i]);
    RETURN_IF_ERROR(tensor_to_proto(result.fetched[i], tensor->mutable_tensor(), TensorForm::kContent));
  }
  if (!proto->mutable_metadata()->ParseFromString(result.metadata)) return internal_error("The metadata of a run can't be read");
  return OkStatus();
}

Status from_proto(const Step& step, const tensorflow::RunStepResponse& proto, StepResult* result) {
  if (proto.status_code() != 0) {
    return make_status(static_cast<StatusCode>(proto.status_code()), proto.status_error_message());
  }
  std::map<std::string_view, const tensorflow::TensorProto*> tensors;
  for (const tensorflow::NamedTensorProto& tensor : proto.tensor()) tensors[tensor.name()] = &tensor.tensor();
  for (const std::string& name : step.fetches) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) return internal_error("The master has not given {}", name);
    ASSIGN_OR_RETURN(Tensor value, tensor_from_proto(*found->second));
    result->fetched.push_back(std::move(value));
  }
  result->metadata = proto.metadata().SerializeAsString();
  return OkStatus();
}

}  // namespace reflow::distributed
