#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "reflow/distributed/peers.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/rendezvous.h"
#include "reflow/runtime/local_rendezvous.h"

namespace reflow::distributed {

// The parts of a key, which refer to it. REQUIRES of who uses them: the key lives as long.
struct RendezvousKey {
  std::string_view src_device, dst_device, edge;
  // InvalidArgument: "Invalid rendezvous key: {}".
  static StatusOr<RendezvousKey> parse(std::string_view key);
};

// The rendezvous of one step on one task. Values wait where they are made: who receives asks the task of the sender for
// them. What the client gives and takes passes between devices of the same name, that of the master. Thread-safe.
class StepRendezvous : public op::Rendezvous, public std::enable_shared_from_this<StepRendezvous> {
 public:
  // `peers` outlives it; null: all is local.
  StepRendezvous(int64_t step_id, std::string task, Peers* peers)
      : step_id_(step_id), task_(std::move(task)), peers_(peers) {}

  Status send(std::string_view key, const Tensor& value, bool dead) override;
  void recv_async(std::string_view key, Receiver receiver) override;
  // Ends what waits here, and the calls to other tasks.
  void abort(const Status& status) override;

  // What has been, or will be, sent on this task.
  void recv_local_async(std::string_view key, Receiver receiver) { local_.recv_async(key, std::move(receiver)); }

 private:
  void recv_from_peer(std::string_view task, std::string_view key, Receiver receiver);

  const int64_t step_id_;
  const std::string task_;
  Peers* const peers_;
  runtime::LocalRendezvous local_;
  op::CancellationManager calls_;
  std::mutex mutex_;
  Status aborted_;
};

// The rendezvous of the steps that go on, by their ids. Thread-safe.
class StepRendezvousTable {
 public:
  StepRendezvousTable(std::string task, Peers* peers) : task_(std::move(task)), peers_(peers) {}
  std::shared_ptr<StepRendezvous> find_or_make(int64_t step_id);
  // Aborted: "Cleanup {}", for who still waits.
  void clean_up(int64_t step_id);
  void abort_all(const Status& status);

 private:
  const std::string task_;
  Peers* const peers_;
  std::mutex mutex_;
  std::map<int64_t, std::shared_ptr<StepRendezvous>> steps_;
};

}  // namespace reflow::distributed
