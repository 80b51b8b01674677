// RangeDataset: numbers from a start up to a stop.

#include <algorithm>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class RangeDataset : public Source {
 public:
  RangeDataset(ElementSpec spec, int64_t start, int64_t stop, int64_t step)
      : Source("Range", std::move(spec)), start_(start), stop_(stop), step_(step) {}
  int64_t cardinality() const override {
    const bool empty = step_ > 0 ? start_ >= stop_ : start_ <= stop_;
    if (empty) return 0;
    // Without signs nothing overflows.
    const uint64_t distance = step_ > 0 ? uint64_t(stop_) - uint64_t(start_) : uint64_t(start_) - uint64_t(stop_);
    const uint64_t step = step_ > 0 ? uint64_t(step_) : uint64_t{0} - uint64_t(step_);
    return static_cast<int64_t>((distance - 1) / step + 1);
  }

 private:
  class Pass : public IteratorOver<RangeDataset> {
   public:
    Pass(const Dataset* dataset, std::string prefix)
        : IteratorOver(dataset, std::move(prefix)), next_(this->dataset().start_), left_(uint64_t(this->dataset().cardinality())) {}
    Status next(IteratorContext&, Element* element, bool* end) override {
      *end = left_ == 0;
      if (*end) return OkStatus();
      element->push_back(Tensor::scalar(next_));
      next_ = static_cast<int64_t>(uint64_t(next_) + uint64_t(dataset().step_));
      --left_;
      return OkStatus();
    }
    Status pass_over(IteratorContext&, int64_t n, int64_t* passed) override {
      const uint64_t steps = std::min(static_cast<uint64_t>(n), left_);
      next_ = static_cast<int64_t>(uint64_t(next_) + steps * uint64_t(dataset().step_));
      left_ -= steps;
      *passed = static_cast<int64_t>(steps);
      return OkStatus();
    }

   private:
    int64_t next_;
    uint64_t left_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const int64_t start_, stop_, step_;
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(const int64_t start, scalar_input<int64_t>(c, 0, "start"));
    ASSIGN_OR_RETURN(const int64_t stop, scalar_input<int64_t>(c, 1, "stop"));
    ASSIGN_OR_RETURN(const int64_t step, scalar_input<int64_t>(c, 2, "step"));
    if (step == 0) return invalid_argument("step must be a non-zero integer.");
    return std::make_shared<RangeDataset>(spec(), start, stop, step);
  }
};

const OpRegistrar range(dataset_op("RangeDataset")
                            .input("start: int64")
                            .input("stop: int64")
                            .input("step: int64")
                            .output("handle: variant") REFLOW_ELEMENT_ATTRS
                            .stateful()
                            .doc("A dataset of the numbers `start`, `start + step` and so on, before `stop`.")
                            .kernel<Kernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
