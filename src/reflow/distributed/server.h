#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/distributed/master.h"
#include "reflow/distributed/peers.h"
#include "reflow/distributed/worker.h"

namespace tensorflow {
class ServerDef;
}

namespace reflow::distributed {

// A task of a cluster: a worker and a master behind a port, as tf.train.Server is. Thread-safe.
class Server {
 public:
  // Binds the port; calls wait until it is started. Unimplemented: no gRPC, or another protocol. Internal and
  // InvalidArgument: the ServerDef lacks its own job or task, or a port. Unknown: "Could not start gRPC server".
  static StatusOr<std::shared_ptr<Server>> create(const tensorflow::ServerDef& def);
  ~Server();

  void start();
  // Waits until the server has been stopped, or for Ctrl-C: Cancelled.
  Status join();
  // Ends all calls and runs.
  void stop();
  // "grpc://localhost:2222".
  const std::string& target() const { return target_; }

  // The master of the server of this process that has this target; null: there is none.
  static std::shared_ptr<MasterStub> local_master(const std::string& target);

 private:
  Server() = default;
  void serve(std::shared_ptr<IncomingCall> call);

  std::string target_;
  std::unique_ptr<ThreadPool> own_pool_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Master> master_;
  std::mutex mutex_;
  std::condition_variable stopped_changed_;
  bool started_ = false, stopped_ = false;
  std::vector<std::shared_ptr<IncomingCall>> early_;  // came before the start
  std::unique_ptr<Listener> listener_;  // goes first, and with it all calls
};

}  // namespace reflow::distributed
