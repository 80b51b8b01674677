#include "reflow/distributed/rpc.h"

#include "reflow/distributed/completion.h"
#include "reflow/distributed/message_payload.h"

namespace reflow::distributed {

void start_rpc(Channel& channel, const std::string& method, const Payload& request, const RpcOptions& options,
               Channel::Done done) {
  op::CancellationManager* const cancellation = options.cancellation;
  if (cancellation == nullptr) {
    channel.prepare(method, request, options, std::move(done))->start();
    return;
  }
  const op::CancellationManager::Token token = cancellation->next_token();
  const auto ended = [cancellation, token, done](const Status& status, Payload response) {
    cancellation->remove_callback(token);
    done(status, std::move(response));
  };
  const std::shared_ptr<OutgoingCall> call = channel.prepare(method, request, options, ended);
  if (cancellation->add_callback(token, [call] { call->cancel(); })) {
    call->start();
  } else {
    done(cancelled("Cancelled before {} was called", method), {});
  }
}

void start_rpc(Channel& channel, const std::string& method, const google::protobuf::MessageLite& request,
               google::protobuf::MessageLite* response, const RpcOptions& options,
               std::function<void(const Status&)> done) {
  const StatusOr<Payload> payload = payload_of(request);
  if (!payload.ok()) return done(payload.status());
  start_rpc(channel, method, *payload, options, [response, done = std::move(done)](const Status& status, const Payload& payload) {
    done(status.ok() ? parse_payload(payload, response) : status);
  });
}

Status call_rpc(Channel& channel, const std::string& method, const google::protobuf::MessageLite& request,
                google::protobuf::MessageLite* response, const RpcOptions& options) {
  op::CancellationManager own;
  RpcOptions with_own = options;
  if (with_own.cancellation == nullptr) with_own.cancellation = &own;
  Completion completion;
  start_rpc(channel, method, request, response, with_own, completion.done());
  return completion.wait(with_own.cancellation);
}

}  // namespace reflow::distributed
