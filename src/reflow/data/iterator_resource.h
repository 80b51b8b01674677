#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/data/dataset.h"
#include "reflow/op/kernel.h"
#include "reflow/op/resource_manager.h"

namespace reflow::data {

// What an iterator handle names: a pass over the dataset that it was last initialized with. Thread-safe: callers take
// elements one after the other.
class IteratorResource : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow4data16IteratorResourceE";
  explicit IteratorResource(ElementSpec spec) : spec_(std::move(spec)) {}
  ~IteratorResource() override;
  std::string debug_string() const override { return "Iterator resource"; }

  // Begins anew. InvalidArgument: other elements than the iterator's (check_compatible).
  Status initialize(const op::RunEnv& env, const DatasetRef& dataset);
  // The next element, or *end. FailedPrecondition: "GetNext() failed because the iterator has not been initialized. ...".
  Status next(const op::RunEnv& env, Element* element, bool* end);
  // How far the pass is: how many elements have been taken, and the seeds that its datasets have drawn from the system, as
  // numbers. FailedPrecondition: "Save() failed because the iterator has not been initialized. ...", or "RandomUniform is
  // stateful.": a function of it has state that can't be saved.
  StatusOr<std::vector<int64_t>> position(const op::RunEnv& env);
  // Begins anew with the dataset that it passes over, and passes over what had been taken. FailedPrecondition:
  // "Restore() failed because the iterator has not been initialized. ..."; InvalidArgument: the position of another.
  Status go_to(const op::RunEnv& env, std::span<const int64_t> position);
  // What the elements are; nothing where that was left open.
  const ElementSpec& spec() const { return spec_; }

 private:
  struct Pass;
  std::shared_ptr<Pass> current();
  Status replace(const op::RunEnv& env, const DatasetRef& dataset, std::span<const int64_t> position);
  const ElementSpec spec_;
  std::mutex mutex_;
  std::shared_ptr<Pass> pass_;
};

}  // namespace reflow::data
