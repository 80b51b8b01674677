#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace tensorflow {
class ClusterDef;
class ServerDef;
}  // namespace tensorflow

namespace reflow::distributed {

// "/job:worker/replica:0/task:1".
std::string task_name(std::string_view job, int task);
// The task of a device: "/job:ps/replica:0/task:0" of "/job:ps/replica:0/task:0/device:CPU:0".
std::string_view task_of_device(std::string_view device);

// Which tasks a cluster has, by name, and their addresses, "host:port". Immutable.
class Cluster {
 public:
  // InvalidArgument: an address that isn't HOST:PORT, as "Could not interpret \"{}\" as a host-port pair.".
  static StatusOr<Cluster> parse(const tensorflow::ClusterDef& def);

  std::vector<std::string> tasks() const;
  // Null: no such task.
  const std::string* address(std::string_view task) const;

 private:
  std::map<std::string, std::string, std::less<>> addresses_;
};

// The port of an address; blanks before it are passed over, as TensorFlow does. InvalidArgument as above.
StatusOr<int> port_of(const std::string& address);
// "host:port" without such blanks.
StatusOr<std::string> clean_address(const std::string& address);

}  // namespace reflow::distributed
