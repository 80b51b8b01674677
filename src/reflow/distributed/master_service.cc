#include <string_view>
#include <utility>

#include "reflow/distributed/message_payload.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/services.h"
#include "reflow/distributed/step_proto.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/protobuf/master.pb.h"

namespace reflow::distributed {
namespace {

using google::protobuf::MessageLite;
using Names = std::vector<std::string>;

template <typename Repeated>
Names names(const Repeated& field) {
  return Names(field.begin(), field.end());
}

// One call with its messages.
class MasterCall {
 public:
  MasterCall(Master& master, IncomingCall& call) : master_(master), call_(call) {
    call_.on_cancel([cancellation = cancellation_] { cancellation->cancel(); });
  }

  void serve() {
    const std::string_view method = std::string_view(call_.method()).substr(sizeof(kMasterService) - 1);
    using namespace tensorflow;
    if (method == "CreateSession") return with<CreateSessionRequest, CreateSessionResponse>(&MasterCall::create_session);
    if (method == "ExtendSession") return with<ExtendSessionRequest, ExtendSessionResponse>(&MasterCall::extend_session);
    if (method == "RunStep") return with<RunStepRequest, RunStepResponse>(&MasterCall::run_step);
    if (method == "PartialRunSetup") return with<PartialRunSetupRequest, PartialRunSetupResponse>(&MasterCall::partial_run_setup);
    if (method == "CloseSession") return with<CloseSessionRequest, CloseSessionResponse>(&MasterCall::close_session);
    if (method == "ListDevices") return with<ListDevicesRequest, ListDevicesResponse>(&MasterCall::list_devices);
    if (method == "Reset") return with<ResetRequest, ResetResponse>(&MasterCall::reset);
    if (method == "MakeCallable") return with<MakeCallableRequest, MakeCallableResponse>(&MasterCall::make_callable);
    if (method == "RunCallable") return with<RunCallableRequest, RunCallableResponse>(&MasterCall::run_callable);
    if (method == "ReleaseCallable") return with<ReleaseCallableRequest, ReleaseCallableResponse>(&MasterCall::release_callable);
    refuse(call_);
  }

 private:
  template <typename Request, typename Response>
  void with(Status (MasterCall::*handle)(const Request&, Response*)) {
    Request request;
    Response response;
    Status status = parse_payload(call_.request(), &request);
    if (status.ok()) status = (this->*handle)(request, &response);
    StatusOr<Payload> payload = Payload();
    if (status.ok()) payload = payload_of(response);
    if (status.ok() && !payload.ok()) status = payload.status();
    call_.respond(status, status.ok() ? *std::move(payload) : Payload());
  }

  Status create_session(const tensorflow::CreateSessionRequest& request, tensorflow::CreateSessionResponse* response) {
    int64_t version = 0;
    ASSIGN_OR_RETURN(*response->mutable_session_handle(),
                     master_.create_session(request.graph_def(), request.config(), 0, cancellation_.get(), &version));
    response->set_graph_version(version);
    return OkStatus();
  }

  Status extend_session(const tensorflow::ExtendSessionRequest& request, tensorflow::ExtendSessionResponse* response) {
    int64_t version = request.current_graph_version();
    RETURN_IF_ERROR(master_.extend_session(request.session_handle(), request.graph_def(), &version));
    response->set_new_graph_version(version);
    return OkStatus();
  }

  Status run_step(const tensorflow::RunStepRequest& request, tensorflow::RunStepResponse* response) {
    StepResult result;
    ASSIGN_OR_RETURN(const Step step, from_proto(request));
    Status status = master_.run_step(step, cancellation_.get(), &result);
    if (status.ok()) status = to_proto(step, result, response);
    if (status.ok() || !request.store_errors_in_response_body()) return status;
    response->Clear();
    response->set_status_code(static_cast<tensorflow::error::Code>(status.code()));
    response->set_status_error_message(std::string(message_of(status)));
    return OkStatus();
  }

  Status partial_run_setup(const tensorflow::PartialRunSetupRequest& request, tensorflow::PartialRunSetupResponse* response) {
    ASSIGN_OR_RETURN(*response->mutable_partial_run_handle(),
                     master_.partial_run_setup(request.session_handle(), names(request.feed()), names(request.fetch()),
                                               names(request.target())));
    return OkStatus();
  }

  Status close_session(const tensorflow::CloseSessionRequest& request, tensorflow::CloseSessionResponse*) {
    return master_.close_session(request.session_handle());
  }

  Status list_devices(const tensorflow::ListDevicesRequest& request, tensorflow::ListDevicesResponse* response) {
    return master_.list_devices(request.session_handle(), response);
  }

  Status reset(const tensorflow::ResetRequest& request, tensorflow::ResetResponse*) {
    return master_.reset(names(request.container()), names(request.device_filters()));
  }

  Status make_callable(const tensorflow::MakeCallableRequest& request, tensorflow::MakeCallableResponse* response) {
    const tensorflow::CallableOptions& options = request.options();
    Step step;
    step.session = request.session_handle();
    for (const std::string& feed : options.feed()) step.feeds.emplace_back(feed, Tensor());
    step.fetches = names(options.fetch());
    step.targets = names(options.target());
    step.options = options.run_options().SerializeAsString();
    step.timeout_ms = options.run_options().timeout_in_ms();
    ASSIGN_OR_RETURN(const int64_t handle, master_.make_callable(request.session_handle(), std::move(step)));
    response->set_handle(handle);
    return OkStatus();
  }

  Status run_callable(const tensorflow::RunCallableRequest& request, tensorflow::RunCallableResponse* response) {
    ASSIGN_OR_RETURN(Step step, master_.callable(request.session_handle(), request.handle()));
    if (static_cast<size_t>(request.feed_size()) != step.feeds.size()) {
      return invalid_argument("Expected {} feeds, but got {}", step.feeds.size(), request.feed_size());
    }
    for (int i = 0; i < request.feed_size(); ++i) {
      ASSIGN_OR_RETURN(step.feeds[i].second, tensor_from_proto(request.feed(i)));
    }
    StepResult result;
    RETURN_IF_ERROR(master_.run_step(step, cancellation_.get(), &result));
    for (const Tensor& value : result.fetched) {
      RETURN_IF_ERROR(tensor_to_proto(value, response->add_fetch(), TensorForm::kContent));
    }
    if (!response->mutable_metadata()->ParseFromString(result.metadata)) return internal_error("Damaged metadata");
    return OkStatus();
  }

  Status release_callable(const tensorflow::ReleaseCallableRequest& request, tensorflow::ReleaseCallableResponse*) {
    return master_.release_callable(request.session_handle(), request.handle());
  }

  Master& master_;
  IncomingCall& call_;
  const std::shared_ptr<op::CancellationManager> cancellation_ = std::make_shared<op::CancellationManager>();
};

}  // namespace

void serve_master(Master& master, std::shared_ptr<IncomingCall> call) {
  ThreadPool::process_pool().schedule([&master, call = std::move(call)] { MasterCall(master, *call).serve(); });
}

void refuse(IncomingCall& call) { call.respond(unimplemented("{} is not supported", call.method()), {}); }

}  // namespace reflow::distributed
