#include "reflow/train/device_setter.h"

#include <algorithm>
#include <memory>

#include "reflow/client/device_spec.h"

namespace reflow::train {
namespace {

// The state of training, which goes to parameter servers.
const char* const kStateOps[] = {"Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2",
                                 "MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable",
                                 "MutableDenseHashTableV2", "VarHandleOp", "BoostedTreesEnsembleResourceHandleOp",
                                 "BoostedTreesQuantileStreamResourceHandleOp", "ResourceConditionalAccumulator"};

}  // namespace

DeviceFunction replica_device_setter(const ReplicaDeviceOptions& given) {
  ReplicaDeviceOptions options = given;
  if (options.cluster) {
    const auto servers = options.cluster->find(DeviceSpec::from_string(options.ps_device).job);
    options.ps_tasks = servers == options.cluster->end() ? 0 : static_cast<int>(servers->second.size());
  }
  if (options.ps_tasks == 0) return [](const Operation& op) { return op.device(); };
  if (options.ps_ops.empty()) options.ps_ops.assign(std::begin(kStateOps), std::end(kStateOps));
  if (!options.ps_strategy) {
    options.ps_strategy = [tasks = options.ps_tasks, next = std::make_shared<int>(0)](const Operation&) {
      return (*next)++ % tasks;
    };
  }
  return [options](const Operation& op) -> std::string {
    if (!options.merge_devices && !op.device().empty()) return op.device();
    const DeviceSpec own = DeviceSpec::from_string(op.device());
    DeviceSpec chosen = DeviceSpec::from_string(options.worker_device);
    if (!options.ps_device.empty() && std::ranges::find(options.ps_ops, op.type()) != options.ps_ops.end()) {
      chosen = DeviceSpec::from_string(options.ps_device);
      if (!chosen.job.empty() && (own.job.empty() || own.job == chosen.job)) chosen.task = options.ps_strategy(op);
    }
    chosen.merge_from(own);
    return chosen.to_string();
  };
}

}  // namespace reflow::train
