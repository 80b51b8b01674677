#include "reflow/distributed/step_rendezvous.h"

#include "reflow/distributed/message_payload.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/tensor_message.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

StatusOr<RendezvousKey> RendezvousKey::parse(std::string_view key) {
  std::string_view parts[5];
  std::string_view rest = key;
  for (int i = 0; i < 4; ++i) {
    const size_t end = rest.find(';');
    if (end == rest.npos) return invalid_argument("Invalid rendezvous key: {}", key);
    parts[i] = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  return RendezvousKey{parts[0], parts[2], parts[3]};
}

Status StepRendezvous::send(std::string_view key, const Tensor& value, bool dead) { return local_.send(key, value, dead); }

void StepRendezvous::recv_async(std::string_view key, Receiver receiver) {
  const StatusOr<RendezvousKey> parsed = RendezvousKey::parse(key);
  if (!parsed.ok()) return receiver(parsed.status(), {}, false);
  const std::string_view source = task_of_device(parsed->src_device);
  if (peers_ == nullptr || source == task_ || source == task_of_device(parsed->dst_device)) {
    return local_.recv_async(key, std::move(receiver));
  }
  recv_from_peer(source, key, std::move(receiver));
}

void StepRendezvous::recv_from_peer(std::string_view task, std::string_view key, Receiver receiver) {
  const StatusOr<std::shared_ptr<Channel>> channel = peers_->channel(task);
  if (!channel.ok()) return receiver(channel.status(), {}, false);
  tensorflow::RecvTensorRequest request;
  request.set_step_id(step_id_);
  request.set_rendezvous_key(std::string(key));
  const StatusOr<Payload> payload = payload_of(request);
  if (!payload.ok()) return receiver(payload.status(), {}, false);
  RpcOptions options;
  options.cancellation = &calls_;
  start_rpc(**channel, std::string(kWorkerService) + "RecvTensor", *payload, options,
            [self = shared_from_this(), receiver = std::move(receiver)](const Status& status, const Payload& response) {
              if (!status.ok()) {
                std::unique_lock lock(self->mutex_);
                const Status why = self->aborted_.ok() ? status : self->aborted_;
                lock.unlock();
                return receiver(why, {}, false);
              }
              const StatusOr<ReceivedTensor> received = parse_tensor_message(response);
              if (!received.ok()) return receiver(received.status(), {}, false);
              receiver(OkStatus(), received->tensor, received->is_dead);
            });
}

void StepRendezvous::abort(const Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (aborted_.ok()) aborted_ = status;
  }
  local_.abort(status);
  calls_.cancel();
}

std::shared_ptr<StepRendezvous> StepRendezvousTable::find_or_make(int64_t step_id) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<StepRendezvous>& step = steps_[step_id];
  if (!step) step = std::make_shared<StepRendezvous>(step_id, task_, peers_);
  return step;
}

void StepRendezvousTable::clean_up(int64_t step_id) {
  std::shared_ptr<StepRendezvous> step;
  {
    const std::lock_guard lock(mutex_);
    const auto found = steps_.find(step_id);
    if (found == steps_.end()) return;
    step = std::move(found->second);
    steps_.erase(found);
  }
  step->abort(aborted("Cleanup {}", step_id));
}

void StepRendezvousTable::abort_all(const Status& status) {
  std::map<int64_t, std::shared_ptr<StepRendezvous>> steps;
  {
    const std::lock_guard lock(mutex_);
    steps.swap(steps_);
  }
  for (const auto& [id, step] : steps) step->abort(status);
}

}  // namespace reflow::distributed
