#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "reflow/distributed/cluster.h"
#include "reflow/distributed/transport.h"

namespace reflow::distributed {

// The ways to the other tasks of a cluster, each made when it is first asked for. Thread-safe.
class Peers {
 public:
  Peers(Transport* transport, Cluster cluster) : transport_(transport), cluster_(std::move(cluster)) {}
  const Cluster& cluster() const { return cluster_; }
  // NotFound: no such task.
  StatusOr<std::shared_ptr<Channel>> channel(std::string_view task);

 private:
  Transport* const transport_;
  const Cluster cluster_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Channel>, std::less<>> channels_;
};

}  // namespace reflow::distributed
