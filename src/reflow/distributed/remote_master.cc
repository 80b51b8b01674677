#include "reflow/distributed/master_stub.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/step_proto.h"
#include "tensorflow/core/protobuf/master.pb.h"

namespace reflow::distributed {
namespace {

using google::protobuf::MessageLite;

std::chrono::steady_clock::time_point deadline_after(int64_t timeout_ms) {
  if (timeout_ms <= 0) return {};
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
}

class RemoteMaster : public MasterStub {
 public:
  explicit RemoteMaster(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}

  StatusOr<std::string> create_session(const tensorflow::GraphDef& graph, const std::string& config, const std::string& target,
                                       int64_t timeout_ms, int64_t* graph_version) override {
    tensorflow::CreateSessionRequest request;
    tensorflow::CreateSessionResponse response;
    *request.mutable_graph_def() = graph;
    if (!request.mutable_config()->ParseFromString(config)) return invalid_argument("Not a ConfigProto");
    request.set_target(target);
    RpcOptions options;
    options.deadline = deadline_after(timeout_ms);
    options.wait_for_ready = true;  // servers come up in any order
    RETURN_IF_ERROR(call("CreateSession", request, &response, options));
    *graph_version = response.graph_version();
    return response.session_handle();
  }

  Status extend_session(const std::string& session, const tensorflow::GraphDef& graph, int64_t* graph_version) override {
    tensorflow::ExtendSessionRequest request;
    tensorflow::ExtendSessionResponse response;
    request.set_session_handle(session);
    *request.mutable_graph_def() = graph;
    request.set_current_graph_version(*graph_version);
    RETURN_IF_ERROR(call("ExtendSession", request, &response));
    *graph_version = response.new_graph_version();
    return OkStatus();
  }

  Status run_step(const Step& step, op::CancellationManager* cancellation, StepResult* result) override {
    tensorflow::RunStepRequest request;
    tensorflow::RunStepResponse response;
    RETURN_IF_ERROR(to_proto(step, &request));
    RpcOptions options;
    options.deadline = deadline_after(step.timeout_ms);
    options.cancellation = cancellation;
    RETURN_IF_ERROR(call("RunStep", request, &response, options));
    return from_proto(step, response, result);
  }

  StatusOr<std::string> partial_run_setup(const std::string& session, const std::vector<std::string>& feeds,
                                          const std::vector<std::string>& fetches,
                                          const std::vector<std::string>& targets) override {
    tensorflow::PartialRunSetupRequest request;
    tensorflow::PartialRunSetupResponse response;
    request.set_session_handle(session);
    for (const std::string& name : feeds) request.add_feed(name);
    for (const std::string& name : fetches) request.add_fetch(name);
    for (const std::string& name : targets) request.add_target(name);
    RETURN_IF_ERROR(call("PartialRunSetup", request, &response));
    return response.partial_run_handle();
  }

  Status close_session(const std::string& session) override {
    tensorflow::CloseSessionRequest request;
    tensorflow::CloseSessionResponse response;
    request.set_session_handle(session);
    RpcOptions options;
    constexpr int64_t kLongEnoughMs = 10000;  // a program is not to hang at its end
    options.deadline = deadline_after(kLongEnoughMs);
    return call("CloseSession", request, &response, options);
  }

  Status list_devices(const std::string& session, tensorflow::ListDevicesResponse* response) override {
    tensorflow::ListDevicesRequest request;
    request.set_session_handle(session);
    return call("ListDevices", request, response);
  }

  Status reset(const std::vector<std::string>& containers, const std::vector<std::string>& device_filters) override {
    tensorflow::ResetRequest request;
    tensorflow::ResetResponse response;
    for (const std::string& name : containers) request.add_container(name);
    for (const std::string& name : device_filters) request.add_device_filters(name);
    return call("Reset", request, &response);
  }

 private:
  Status call(const char* method, const MessageLite& request, MessageLite* response, const RpcOptions& options = {}) {
    return call_rpc(*channel_, std::string(kMasterService) + method, request, response, options);
  }

  const std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<MasterStub> remote_master(std::shared_ptr<Channel> channel) {
  return std::make_unique<RemoteMaster>(std::move(channel));
}

}  // namespace reflow::distributed
