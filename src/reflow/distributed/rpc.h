#pragma once

#include <google/protobuf/message_lite.h>

#include <functional>
#include <memory>
#include <string>

#include "reflow/base/status.h"
#include "reflow/distributed/transport.h"
#include "reflow/op/cancellation.h"

// Calls with protocol buffers.
namespace reflow::distributed {

// TensorFlow's services answer to these, though declared in the package tensorflow.grpc.
inline constexpr char kMasterService[] = "/tensorflow.MasterService/", kWorkerService[] = "/tensorflow.WorkerService/";

struct RpcOptions : CallSettings {
  op::CancellationManager* cancellation = nullptr;  // ends the call; lives until it has ended
};

// Starts a call with bytes. `done` is called once, on any thread.
void start_rpc(Channel& channel, const std::string& method, const Payload& request, const RpcOptions& options,
               Channel::Done done);

// Starts a call. `*response` is filled before `done` is called.
void start_rpc(Channel& channel, const std::string& method, const google::protobuf::MessageLite& request,
               google::protobuf::MessageLite* response, const RpcOptions& options, std::function<void(const Status&)> done);

// A call whose end is waited for. Ctrl-C (base/interrupt.h) cancels it.
Status call_rpc(Channel& channel, const std::string& method, const google::protobuf::MessageLite& request,
                google::protobuf::MessageLite* response, const RpcOptions& options = {});

}  // namespace reflow::distributed
