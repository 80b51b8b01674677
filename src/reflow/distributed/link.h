#pragma once

#include "reflow/op/cancellation.h"

namespace reflow::distributed {

// While it lives, who cancels `from` (which may be null) cancels `to` as well.
class Link {
 public:
  Link(op::CancellationManager* from, op::CancellationManager* to) : from_(from) {
    if (from_ == nullptr) return;
    token_ = from_->next_token();
    if (!from_->add_callback(token_, [to] { to->cancel(); })) to->cancel();
  }
  ~Link() {
    if (from_ != nullptr) from_->remove_callback(token_);
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

 private:
  op::CancellationManager* const from_;
  op::CancellationManager::Token token_ = 0;
};

}  // namespace reflow::distributed
