#include "reflow/distributed/cluster.h"

#include <charconv>

#include "tensorflow/core/protobuf/cluster.pb.h"

namespace reflow::distributed {
namespace {

std::string_view without_blanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::string task_name(std::string_view job, int task) { return fmt::format("/job:{}/replica:0/task:{}", job, task); }

std::string_view task_of_device(std::string_view device) { return device.substr(0, device.find("/device:")); }

StatusOr<int> port_of(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string_view digits = colon == address.npos ? "" : without_blanks(std::string_view(address).substr(colon + 1));
  int port = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 0 || port > 65535) {
    return invalid_argument("Could not interpret \"{}\" as a host-port pair.", address);
  }
  return port;
}

StatusOr<std::string> clean_address(const std::string& address) {
  ASSIGN_OR_RETURN(const int port, port_of(address));
  return fmt::format("{}:{}", without_blanks(std::string_view(address).substr(0, address.rfind(':'))), port);
}

StatusOr<Cluster> Cluster::parse(const tensorflow::ClusterDef& def) {
  Cluster cluster;
  for (const tensorflow::JobDef& job : def.job()) {
    for (const auto& [task, address] : job.tasks()) {
      ASSIGN_OR_RETURN(cluster.addresses_[task_name(job.name(), task)], clean_address(address));
    }
  }
  return cluster;
}

std::vector<std::string> Cluster::tasks() const {
  std::vector<std::string> names;
  for (const auto& [task, address] : addresses_) names.push_back(task);
  return names;
}

const std::string* Cluster::address(std::string_view task) const {
  const auto found = addresses_.find(task);
  return found == addresses_.end() ? nullptr : &found->second;
}

}  // namespace reflow::distributed
