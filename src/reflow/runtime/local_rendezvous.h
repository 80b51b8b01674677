#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "reflow/op/rendezvous.h"

namespace reflow::runtime {

// The rendezvous of one run within one process. Values are passed on as they are, not copied.
class LocalRendezvous : public op::Rendezvous {
 public:
  Status send(std::string_view key, const Tensor& value, bool dead) override;
  void recv_async(std::string_view key, Receiver receiver) override;
  void abort(const Status& status) override;

 private:
  struct Value {
    Tensor tensor;
    bool dead = false;
  };
  // Of a key at most one of both has entries.
  struct Entry {
    std::deque<Value> values;
    std::deque<Receiver> receivers;
  };
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  Status status_;
};

}  // namespace reflow::runtime
