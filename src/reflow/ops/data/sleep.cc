// SleepDataset: the elements of another, slowly.

#include <algorithm>
#include <thread>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class SleepDataset : public Transformation<SleepDataset> {
 public:
  SleepDataset(ElementSpec spec, DatasetRef input, std::chrono::microseconds pause)
      : Transformation("Sleep", std::move(spec), std::move(input)), pause_(pause) {}
  int64_t cardinality() const override { return input()->cardinality(); }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t pause, scalar_input<int64_t>(c, 1, "sleep_microseconds"));
    return std::make_shared<SleepDataset>(std::move(spec), std::move(input), std::chrono::microseconds(pause));
  }

 private:
  class Pass : public TransformingIterator<SleepDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      constexpr std::chrono::microseconds kAskAgain{50'000};
      for (auto left = dataset().pause_; left.count() > 0; left -= kAskAgain) {
        std::this_thread::sleep_for(std::min(left, kAskAgain));
        RETURN_IF_ERROR(c.check());
      }
      return input().next(c, element, end);
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override { return input().pass_over(c, n, passed); }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  std::chrono::microseconds pause_;
};

OpBuilder sleep_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("sleep_microseconds: int64")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc("The elements of the input, each after a pause.")
      .kernel<TransformationKernel<SleepDataset>>(kCpu);
}
const OpRegistrar sleep(sleep_op("SleepDataset"));
const OpRegistrar experimental_sleep(sleep_op("ExperimentalSleepDataset"));

}  // namespace
}  // namespace reflow::ops
