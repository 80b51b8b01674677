#include <atomic>
#include <string_view>
#include <utility>

#include "reflow/distributed/graph_run_proto.h"
#include "reflow/distributed/message_payload.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/services.h"
#include "reflow/distributed/tensor_message.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {
namespace {

void answer(IncomingCall& call, const Status& status, StatusOr<Payload> payload) {
  if (!status.ok()) return call.respond(status, {});
  if (!payload.ok()) return call.respond(payload.status(), {});
  call.respond(OkStatus(), *std::move(payload));
}

// Waits for a tensor without a thread.
void recv_tensor(Worker& worker, const std::shared_ptr<IncomingCall>& call) {
  tensorflow::RecvTensorRequest request;
  if (const Status status = parse_payload(call->request(), &request); !status.ok()) return call->respond(status, {});
  const auto answered = std::make_shared<std::atomic<bool>>(false);
  call->on_cancel([answered, weak = std::weak_ptr(call)] {
    const std::shared_ptr<IncomingCall> waiting = weak.lock();
    if (waiting && !answered->exchange(true)) waiting->respond(cancelled("RecvTensor was cancelled"), {});
  });
  worker.recv_tensor(request.step_id(), request.rendezvous_key(),
                     [answered, call](const Status& status, const Tensor& value, bool dead) {
                       if (answered->exchange(true)) return;
                       answer(*call, status, status.ok() ? tensor_message(value, dead) : Payload());
                     });
}

void run_graph(Worker& worker, IncomingCall& call) {
  tensorflow::RunGraphRequest request;
  tensorflow::RunGraphResponse response;
  if (const Status status = parse_payload(call.request(), &request); !status.ok()) return call.respond(status, {});
  const auto cancellation = std::make_shared<op::CancellationManager>();
  call.on_cancel([cancellation] { cancellation->cancel(); });
  GraphRunResult result;
  StatusOr<GraphRun> run = from_proto(request);
  Status status = run.status();
  if (status.ok()) status = worker.run_graph(*run, cancellation.get(), {}, &result);
  if (status.ok()) status = to_proto(*run, result, &response);
  if (!status.ok() && request.store_errors_in_response_body()) {
    response.Clear();
    response.set_status_code(static_cast<tensorflow::error::Code>(status.code()));
    response.set_status_error_message(std::string(message_of(status)));
    status = OkStatus();
  }
  answer(call, status, status.ok() ? payload_of(response) : Payload());
}

template <typename Request, typename Response>
void plain(Worker& worker, IncomingCall& call, std::string_view method) {
  Request request;
  Response response;
  Status status = parse_payload(call.request(), &request);
  if (status.ok()) status = worker.call(method, request, &response);
  answer(call, status, status.ok() ? payload_of(response) : Payload());
}

void serve(Worker& worker, IncomingCall& call, std::string_view method) {
  using namespace tensorflow;
  if (method == "RunGraph") return run_graph(worker, call);
  if (method == "GetStatus") return plain<GetStatusRequest, GetStatusResponse>(worker, call, method);
  if (method == "RegisterGraph") return plain<RegisterGraphRequest, RegisterGraphResponse>(worker, call, method);
  if (method == "DeregisterGraph") return plain<DeregisterGraphRequest, DeregisterGraphResponse>(worker, call, method);
  if (method == "CreateWorkerSession") return plain<CreateWorkerSessionRequest, CreateWorkerSessionResponse>(worker, call, method);
  if (method == "DeleteWorkerSession") return plain<DeleteWorkerSessionRequest, DeleteWorkerSessionResponse>(worker, call, method);
  if (method == "CleanupGraph") return plain<CleanupGraphRequest, CleanupGraphResponse>(worker, call, method);
  if (method == "CleanupAll") return plain<CleanupAllRequest, CleanupAllResponse>(worker, call, method);
  if (method == "Logging") return plain<LoggingRequest, LoggingResponse>(worker, call, method);
  if (method == "Tracing") return plain<TracingRequest, TracingResponse>(worker, call, method);
  if (method == "MarkRecvFinished") return plain<MarkRecvFinishedRequest, MarkRecvFinishedResponse>(worker, call, method);
  refuse(call);  // RecvBuf, CompleteGroup, CompleteInstance, GetStepSequence: of collective ops
}

}  // namespace

void serve_worker(Worker& worker, std::shared_ptr<IncomingCall> call) {
  const std::string_view method = std::string_view(call->method()).substr(sizeof(kWorkerService) - 1);
  if (method == "RecvTensor") return recv_tensor(worker, call);
  ThreadPool::process_pool().schedule([&worker, call = std::move(call), method] { serve(worker, *call, method); });
}

}  // namespace reflow::distributed
