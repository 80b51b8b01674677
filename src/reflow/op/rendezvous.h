#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// Where tensors pass from one part of a run to another, by key. Thread-safe. The runtime implements it for one process,
// distributed/ between processes.
class Rendezvous {
 public:
  using Receiver = std::function<void(const Status&, const Tensor&, bool dead)>;
  virtual ~Rendezvous() = default;
  // Never blocks. Aborted or Cancelled: the run has ended.
  virtual Status send(std::string_view key, const Tensor& value, bool dead) = 0;
  // Calls `receiver` once, here or later on another thread.
  virtual void recv_async(std::string_view key, Receiver receiver) = 0;
  // Ends all waiting receivers with `status`.
  virtual void abort(const Status& status) = 0;
  // The key of one edge: "src_device;src_incarnation;dst_device;edge_name;frame:iteration", the incarnation as 16
  // hexadecimal digits.
  static std::string key(std::string_view src_device, std::string_view dst_device, std::string_view edge, int64_t frame,
                         int64_t iteration, uint64_t src_incarnation = 1);
};

}  // namespace reflow::op
