#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reflow::train {

// Which jobs a cluster has, and the network addresses of their tasks: {{"ps", {"ps0:2222"}}, {"worker", {...}}}.
using ClusterSpec = std::map<std::string, std::vector<std::string>>;

struct ServerOptions {
  std::string job_name;  // "": the only one
  int task_index = -1;   // -1: the only one
  bool start = true;
};

// A task of a cluster in this process: it serves sessions, and works together with the other tasks. A handle: copies are
// the same server, which goes on to serve until it is stopped, or the process ends.
//
// Errors: ValueError for a job or task that isn't said, tf::errors::UnknownError for a port in use ("Could not start gRPC
// server"), InvalidArgumentError for addresses, UnimplementedError where Reflow was built without gRPC.
class Server {
 public:
  explicit Server(const ClusterSpec& cluster, const ServerOptions& options = {});
  // Of a serialized ServerDef.
  static Server of_server_def(std::string_view server_def);
  // A cluster of one job, "local", with this task.
  static Server create_local_server();

  void start() const;
  // Waits until the server has been stopped.
  void join() const;
  void stop() const;
  // What a session takes to use this server: "grpc://localhost:2222".
  std::string target() const;

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace reflow::train
