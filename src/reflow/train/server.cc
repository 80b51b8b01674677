#include "reflow/train/server.h"

#include <utility>

#include "reflow/client/status_errors.h"
#include "reflow/distributed/server.h"
#include "reflow/distributed/server_def_proto.h"

namespace reflow::train {

struct Server::State {
  std::shared_ptr<distributed::Server> server;
};

namespace {

// The only job, and the only task of it, where nothing else is said.
std::pair<std::string, int> own_task(const ClusterSpec& cluster, const ServerOptions& options) {
  std::string job = options.job_name;
  if (job.empty()) {
    if (cluster.size() != 1) throw ValueError("Must specify an explicit `job_name`.");
    job = cluster.begin()->first;
  }
  int task = options.task_index;
  if (task < 0) {
    const auto found = cluster.find(job);
    if (found == cluster.end()) throw ValueError("No such job in cluster: '" + job + "'");
    if (found->second.size() != 1) throw ValueError("Must specify an explicit `task_index`.");
    task = 0;
  }
  return {job, task};
}

}  // namespace

Server Server::of_server_def(std::string_view server_def) {
  auto made = distributed::make_server(server_def);
  if (!made.ok()) errors::from_status(made.status());
  return Server(std::make_shared<State>(State{*std::move(made)}));
}

Server::Server(const ClusterSpec& cluster, const ServerOptions& options) {
  const auto [job, task] = own_task(cluster, options);
  *this = of_server_def(distributed::server_def_of(cluster, job, task));
  if (options.start) start();
}

Server Server::create_local_server() { return Server(ClusterSpec{{"local", {"localhost:0"}}}); }

void Server::start() const { state_->server->start(); }
void Server::join() const { errors::throw_if_error(state_->server->join()); }
void Server::stop() const { state_->server->stop(); }
std::string Server::target() const { return state_->server->target(); }

}  // namespace reflow::train
