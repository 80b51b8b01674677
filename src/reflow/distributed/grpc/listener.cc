#include "reflow/distributed/grpc/listener.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <climits>
#include <mutex>
#include <utility>
#include <vector>

#include "reflow/distributed/grpc/bytes.h"

namespace reflow::distributed {
namespace {

// One call: reads one message, hands it to the handler, writes one message. gRPC holds it until OnDone, the handler until
// it has answered.
class ServedCall : public grpc::ServerGenericBidiReactor, public IncomingCall {
 public:
  static grpc::ServerGenericBidiReactor* begin(const std::string& method, const CallHandler& handler) {
    auto call = std::make_shared<ServedCall>(method, handler);
    call->self_ = call;
    call->StartRead(&call->received_);
    return call.get();
  }
  ServedCall(const std::string& method, const CallHandler& handler) : method_(method), handler_(handler) {}

  const std::string& method() const override { return method_; }
  const Payload& request() const override { return request_; }

  void on_cancel(std::function<void()> callback) override {
    {
      const std::lock_guard lock(mutex_);
      if (!cancelled_) {
        callbacks_.push_back(std::move(callback));
        return;
      }
    }
    callback();
  }

  void respond(const Status& status, Payload response) override {
    {
      const std::lock_guard lock(mutex_);
      answered_ = true;
      callbacks_.clear();
    }
    if (!status.ok()) return Finish(to_grpc(status));
    sent_ = to_byte_buffer(response);
    StartWriteAndFinish(&sent_, grpc::WriteOptions(), grpc::Status::OK);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, "The call has no message"));
    request_ = to_payload(received_);
    received_.Clear();
    handler_(self_);
  }

  void OnCancel() override {
    std::vector<std::function<void()>> callbacks;
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
      if (!answered_) callbacks.swap(callbacks_);
    }
    for (const auto& callback : callbacks) callback();
  }

  void OnDone() override { self_.reset(); }

 private:
  const std::string method_;
  const CallHandler& handler_;
  std::shared_ptr<ServedCall> self_;
  grpc::ByteBuffer received_, sent_;
  Payload request_;
  std::mutex mutex_;
  bool cancelled_ = false, answered_ = false;
  std::vector<std::function<void()>> callbacks_;
};

class AnyService : public grpc::CallbackGenericService {
 public:
  explicit AnyService(CallHandler handler) : handler_(std::move(handler)) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return ServedCall::begin(context->method(), handler_);
  }

 private:
  const CallHandler handler_;
};

class GrpcListener : public Listener {
 public:
  explicit GrpcListener(CallHandler handler) : service_(std::move(handler)) {}
  ~GrpcListener() override { shut_down(); }

  Status listen(int port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("0.0.0.0:" + std::to_string(port), grpc::InsecureServerCredentials(), &port_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a port in use is an error
    builder.SetMaxReceiveMessageSize(INT_MAX);
    builder.SetMaxSendMessageSize(INT_MAX);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) return make_status(StatusCode::kUnknown, "Could not start gRPC server");
    return OkStatus();
  }

  int port() const override { return port_; }
  void shut_down() override {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

 private:
  AnyService service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

StatusOr<std::unique_ptr<Listener>> make_grpc_listener(int port, CallHandler handler) {
  auto listener = std::make_unique<GrpcListener>(std::move(handler));
  RETURN_IF_ERROR(listener->listen(port));
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace reflow::distributed
