#pragma once

// replica_device_setter: variables on parameter servers, all else on the worker.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/train/server.h"

namespace reflow::train {

// The device of an op, which may have one already: for tf::device.
using DeviceFunction = std::function<std::string(const Operation& op)>;

struct ReplicaDeviceOptions {
  int ps_tasks = 0;  // how many parameter servers there are, where `cluster` doesn't say
  std::string ps_device = "/job:ps", worker_device = "/job:worker";
  bool merge_devices = true;  // false: ops that have a device keep it
  std::optional<ClusterSpec> cluster;
  std::vector<std::string> ps_ops;                        // types of ops for parameter servers; default: what holds state
  std::function<int(const Operation& op)> ps_strategy;  // the task of such an op; default: the servers' turn
};
// A function that spreads variables over the parameter servers; what ops say of their device themselves
// counts first. Without such servers it leaves the device as it is.
DeviceFunction replica_device_setter(const ReplicaDeviceOptions& options = {});

}  // namespace reflow::train
