#include "reflow/distributed/grpc/client.h"
#include "reflow/distributed/grpc/listener.h"

namespace reflow::distributed {
namespace {

class GrpcTransport : public Transport {
 public:
  StatusOr<std::unique_ptr<Listener>> listen(int port, CallHandler handler) override {
    return make_grpc_listener(port, std::move(handler));
  }
  std::shared_ptr<Channel> connect(const std::string& address) override { return make_grpc_channel(address); }
};

}  // namespace
}  // namespace reflow::distributed

// What distributed/grpc_library.cc looks for. Lives as long as the process.
extern "C" __attribute__((visibility("default"))) reflow::distributed::Transport* reflow_grpc_transport() {
  static auto* const transport = new reflow::distributed::GrpcTransport;
  return transport;
}
