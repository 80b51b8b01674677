#include "reflow/distributed/grpc/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <climits>
#include <utility>

#include "reflow/distributed/grpc/bytes.h"

namespace reflow::distributed {
namespace {

class GrpcCall : public OutgoingCall, public std::enable_shared_from_this<GrpcCall> {
 public:
  GrpcCall(std::shared_ptr<grpc::GenericStub> stub, std::string_view method, const Payload& request,
           const CallSettings& settings, Channel::Done done)
      : stub_(std::move(stub)), method_(method), request_(to_byte_buffer(request)), done_(std::move(done)) {
    context_.set_wait_for_ready(settings.wait_for_ready);
    if (settings.deadline != std::chrono::steady_clock::time_point()) {
      const auto left = settings.deadline - std::chrono::steady_clock::now();
      context_.set_deadline(std::chrono::system_clock::now() +
                            std::chrono::duration_cast<std::chrono::system_clock::duration>(left));
    }
  }

  void start() override {
    // gRPC's threads for callbacks end with the last channel that has used them. A call lets go of its channel on such a thread,
    // which can't wait for itself: it would go on with a queue that is gone. So the first channel stays.
    [[maybe_unused]] static const auto* const first = new std::shared_ptr<grpc::GenericStub>(stub_);
    stub_->UnaryCall(&context_, method_, {}, &request_, &response_,
                     [self = shared_from_this()](const grpc::Status& status) { self->end(status); });
  }
  void cancel() override { context_.TryCancel(); }

 private:
  void end(const grpc::Status& status) {
    const Channel::Done done = std::move(done_);
    done(from_grpc(status), to_payload(response_));
  }

  const std::shared_ptr<grpc::GenericStub> stub_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_, response_;
  Channel::Done done_;
};

class GrpcChannel : public Channel {
 public:
  explicit GrpcChannel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(INT_MAX);
    arguments.SetMaxSendMessageSize(INT_MAX);
    // A task that comes up, or comes back, is to be found soon.
    constexpr int kMaxReconnectMs = 1000;
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stub_ = std::make_shared<grpc::GenericStub>(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }

  std::shared_ptr<OutgoingCall> prepare(std::string_view method, const Payload& request, const CallSettings& settings,
                                        Done done) override {
    return std::make_shared<GrpcCall>(stub_, method, request, settings, std::move(done));
  }

 private:
  std::shared_ptr<grpc::GenericStub> stub_;
};

}  // namespace

std::shared_ptr<Channel> make_grpc_channel(const std::string& address) { return std::make_shared<GrpcChannel>(address); }

}  // namespace reflow::distributed
