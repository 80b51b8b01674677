// Stage and its kin: a staging area is a queue of tuples between parts of a graph that run at different times.

#include "staging.h"

#include <deque>

namespace reflow::ops {

Status StagingLimits::check(int64_t bytes) const {
  if (memory_limit <= 0 || bytes <= memory_limit) return OkStatus();
  return resource_exhausted(
      "Attempted to insert tensors with combined size of '{}' bytes into Staging Area with a memory limit of '{}'.", bytes, memory_limit);
}

int64_t bytes_of(const std::vector<Tensor>& tuple) {
  int64_t bytes = 0;
  for (const Tensor& t : tuple) bytes += t.valid() ? t.size_bytes() : 0;
  return bytes;
}

Status check_unstaged(KernelContext& c, const std::vector<Tensor>& tuple, int first) {
  const int n = c.num_outputs() - first;
  if (static_cast<int>(tuple.size()) != n) return invalid_argument("Mismatch stage/unstage: {} vs. {}", tuple.size(), n);
  for (int i = 0; i < n; ++i) {
    const DType wanted = c.node().output_type(first + i);
    if (tuple[i].dtype() == wanted) continue;
    return invalid_argument("Mismatch stage/unstage: element {} has type {} and not {}", i, dtype_spec_name(tuple[i].dtype()),
                            dtype_spec_name(wanted));
  }
  return OkStatus();
}

namespace {

class StagingArea : public Monitor {
 public:
  using Tuple = std::vector<Tensor>;
  StagingArea(StagingLimits limits, std::vector<DType>, const std::string&) : limits_(limits) {}
  std::string debug_string() const override { return "Staging size: " + std::to_string(size()); }

  void put(Tuple tuple, CancellationManager* cancellation, Done done) {
    const int64_t bytes = bytes_of(tuple);
    if (Status fits = limits_.check(bytes); !fits.ok()) return done(std::move(fits));
    when([this, bytes, tuple = std::move(tuple)]() mutable -> StatusOr<bool> {
      if (!limits_.allow(bytes, static_cast<int64_t>(tuples_.size()), bytes_)) return false;
      bytes_ += bytes;
      tuples_.push_back(std::move(tuple));
      return true;
    }, "Stage", cancellation, std::move(done));
  }
  void take(Tuple* tuple, CancellationManager* cancellation, Done done) {
    when([this, tuple]() -> StatusOr<bool> {
      if (tuples_.empty()) return false;
      *tuple = std::move(tuples_.front());
      tuples_.pop_front();
      bytes_ -= bytes_of(*tuple);
      return true;
    }, "Unstage", cancellation, std::move(done));
  }
  void peek(int64_t index, Tuple* tuple, CancellationManager* cancellation, Done done) {
    when([this, index, tuple]() -> StatusOr<bool> {
      if (index >= static_cast<int64_t>(tuples_.size())) return false;
      *tuple = tuples_[index];
      return true;
    }, "StagePeek", cancellation, std::move(done));
  }
  void clear(Done done) {
    when([this]() -> StatusOr<bool> {
      tuples_.clear();
      bytes_ = 0;
      return true;
    }, "StageClear", nullptr, std::move(done));
  }
  int64_t size() const {
    std::lock_guard lock(mutex_);
    return static_cast<int64_t>(tuples_.size());
  }

 private:
  const StagingLimits limits_;
  std::deque<Tuple> tuples_;
  int64_t bytes_ = 0;
};

class Stage : public StagingKernel<StagingArea> {
 public:
  using StagingKernel::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    StagingArea::Tuple tuple;
    for (int i = 0; i < c.num_inputs(); ++i) tuple.push_back(staged(c.input(i)));
    (*area)->put(std::move(tuple), c.cancellation(), std::move(done));
  }
};

// Waits for a tuple and gives it out.
template <bool kPeek>
class Unstage : public StagingKernel<StagingArea> {
 public:
  using StagingKernel::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    const auto tuple = std::make_shared<StagingArea::Tuple>();
    auto give_out = [&c, tuple, done = std::move(done)](Status status) {
      if (status.ok()) status = check_unstaged(c, *tuple, 0);
      for (int i = 0; status.ok() && i < c.num_outputs(); ++i) c.set_output(i, std::move((*tuple)[i]));
      done(std::move(status));
    };
    if constexpr (kPeek) {
      if (c.input(0).num_elements() != 1) return give_out(invalid_argument("index must be scalar"));
      const int32_t index = c.input(0).item<int32_t>();
      if (index < 0) return give_out(invalid_argument("index must not be negative: {}", index));
      (*area)->peek(index, tuple.get(), c.cancellation(), std::move(give_out));
    } else {
      (*area)->take(tuple.get(), c.cancellation(), std::move(give_out));
    }
  }
};

class StageSize : public StagingKernel<StagingArea> {
 public:
  using StagingKernel::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    c.set_output(0, Tensor::scalar(static_cast<int32_t>((*area)->size())));
    done(OkStatus());
  }
};

class StageClear : public StagingKernel<StagingArea> {
 public:
  using StagingKernel::StagingKernel;
  void compute_async(KernelContext& c, std::function<void(Status)> done) override {
    auto area = this->area(c);
    if (!area.ok()) return done(area.status());
    (*area)->clear(std::move(done));
  }
};

const OpRegistrar kOps[] = {
    staging_attrs(OpBuilder("Stage").input("values: dtypes"), {"dtypes: list(type) >= 1"})
        .doc("Puts a tuple into the staging area; waits while that is full.")
        .shape(no_outputs).kernel<Stage>(kCpu).blocking(),
    staging_attrs(OpBuilder("Unstage").output("values: dtypes"), {"dtypes: list(type) >= 1"})
        .doc("Takes the tuple that was staged first; waits until there is one.")
        .shape(unknown_shape).kernel<Unstage<false>>(kCpu).blocking().sets_outputs(),
    staging_attrs(OpBuilder("StagePeek").input("index: int32").output("values: dtypes"), {"dtypes: list(type) >= 1"})
        .doc("The tuple at place `index`, which stays; waits until there is one.")
        .shape(unknown_shape).kernel<Unstage<true>>(kCpu).blocking().sets_outputs(),
    staging_attrs(OpBuilder("StageSize").output("size: int32"), {"dtypes: list(type)"})
        .doc("How many tuples are in the staging area.")
        .shape(scalar_shape).kernel<StageSize>(kCpu).blocking().sets_outputs(),
    staging_attrs(OpBuilder("StageClear"), {"dtypes: list(type)"})
        .doc("Takes all tuples out of the staging area.")
        .shape(no_outputs).kernel<StageClear>(kCpu).blocking(),
};

}  // namespace
}  // namespace reflow::ops
