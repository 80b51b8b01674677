// RepeatDataset: a dataset several times, or without end.

#include "reflow/ops/data/repeat.h"

#include "reflow/data/dataset_op.h"

namespace reflow::ops {

using namespace ::reflow::data;
using namespace ::reflow::op;

class RepeatDataset::Pass : public TransformingIterator<RepeatDataset> {
 public:
  using TransformingIterator::TransformingIterator;
  Status initialize(IteratorContext& c) override { return dataset().count_ == 0 ? OkStatus() : restart(c); }
  Status next(IteratorContext& c, Element* element, bool* end) override {
    *end = true;
    while (has_input()) {
      RETURN_IF_ERROR(input().next(c, element, end));
      if (!*end) {
        produced_ = true;
        return OkStatus();
      }
      RETURN_IF_ERROR(begin_again(c));
    }
    return OkStatus();
  }
  Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
    *passed = 0;
    while (has_input()) {
      int64_t some = 0;
      RETURN_IF_ERROR(input().pass_over(c, n - *passed, &some));
      produced_ |= some > 0;
      *passed += some;
      if (*passed == n) break;
      RETURN_IF_ERROR(begin_again(c));
    }
    return OkStatus();
  }

 private:
  Status begin_again(IteratorContext& c) {
    // Of nothing without end there is nothing.
    const bool again = dataset().count_ < 0 ? produced_ : round_ + 1 < dataset().count_;
    ++round_;
    produced_ = false;
    // As in TensorFlow, a pass is begun after the last one, too: it may draw seeds.
    if (again || dataset().count_ > 0) RETURN_IF_ERROR(restart(c));
    if (!again) drop_input();
    return c.check();
  }

  int64_t round_ = 0;
  bool produced_ = false;
};

int64_t RepeatDataset::cardinality() const {
  const int64_t n = input()->cardinality();
  if (count_ == 0 || n == 0) return 0;
  if (count_ < 0) return n == kUnknown ? kUnknown : kInfinite;
  int64_t product;
  if (n < 0) return n;
  return __builtin_mul_overflow(n, count_, &product) ? kUnknown : product;
}

std::unique_ptr<Iterator> RepeatDataset::make_iterator(std::string prefix) const {
  return std::make_unique<Pass>(this, std::move(prefix));
}

namespace {

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int64_t count, scalar_input<int64_t>(c, 1, "count"));
    return std::make_shared<RepeatDataset>(spec(), std::move(input), count);
  }
};

const OpRegistrar repeat(dataset_op("RepeatDataset")
                             .input("input_dataset: variant")
                             .input("count: int64")
                             .output("handle: variant") REFLOW_ELEMENT_ATTRS
                             .doc("The elements of the input, from its beginning, `count` times; -1: without end.")
                             .kernel<Kernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
