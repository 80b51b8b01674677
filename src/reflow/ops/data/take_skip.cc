// TakeDataset, SkipDataset and ShardDataset: some of a dataset's elements, by their number.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class TakeDataset : public Transformation<TakeDataset> {
 public:
  TakeDataset(ElementSpec spec, DatasetRef input, int64_t count)
      : Transformation(count < 0 ? "Take" : count == 0 ? "EmptyTake" : "FiniteTake", std::move(spec), std::move(input)), count_(count) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    if (n == kUnknown) return n;
    return n == kInfinite ? count_ : std::min(n, count_);  // as in TensorFlow, where -1 is taken for a number too
  }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t count, scalar_input<int64_t>(c, 1, "count"));
    return std::make_shared<TakeDataset>(std::move(spec), std::move(input), count);
  }

 private:
  class Pass : public TransformingIterator<TakeDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override { return dataset().count_ == 0 ? OkStatus() : restart(c); }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      if (dataset().count_ < 0 || taken_ < dataset().count_) {
        RETURN_IF_ERROR(input().next(c, element, end));
        ++taken_;
      }
      if (*end) drop_input();
      return OkStatus();
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
      if (!has_input()) return Iterator::pass_over(c, n, passed);
      const int64_t most = dataset().count_ < 0 ? n : std::min(n, dataset().count_ - taken_);
      RETURN_IF_ERROR(input().pass_over(c, most, passed));
      taken_ += *passed;
      return OkStatus();
    }

   private:
    int64_t taken_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t count_;
};

class SkipDataset : public Transformation<SkipDataset> {
 public:
  SkipDataset(ElementSpec spec, DatasetRef input, int64_t count)
      : Transformation(count < 0 ? "EmptySkip" : "FiniteSkip", std::move(spec), std::move(input)), count_(count) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    if (count_ < 0) return 0;
    return n < 0 ? n : std::max<int64_t>(n - count_, 0);
  }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t count, scalar_input<int64_t>(c, 1, "count"));
    return std::make_shared<SkipDataset>(std::move(spec), std::move(input), count);
  }

 private:
  class Pass : public TransformingIterator<SkipDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override { return dataset().count_ < 0 ? OkStatus() : restart(c); }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      while (skipped_ < dataset().count_) {
        Element left_out;
        RETURN_IF_ERROR(input().next(c, &left_out, end));
        if (*end) {
          drop_input();
          return OkStatus();
        }
        ++skipped_;
        if (skipped_ % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      RETURN_IF_ERROR(input().next(c, element, end));
      if (*end) drop_input();
      return OkStatus();
    }

   private:
    int64_t skipped_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t count_;
};

class ShardDataset : public Transformation<ShardDataset> {
 public:
  ShardDataset(ElementSpec spec, DatasetRef input, int64_t num_shards, int64_t index, bool require_non_empty)
      : Transformation("Shard", std::move(spec), std::move(input)), num_shards_(num_shards), index_(index),
        require_non_empty_(require_non_empty) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    return n < 0 ? n : n / num_shards_ + (index_ < n % num_shards_ ? 1 : 0);
  }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t num_shards, scalar_input<int64_t>(c, 1, "num_shards"));
    ASSIGN_OR_RETURN(const int64_t index, scalar_input<int64_t>(c, 2, "index"));
    if (num_shards <= 0) {
      return invalid_argument("Number of shards must be greater than zero (currently num_shards = {}).", num_shards);
    }
    if (index < 0 || index >= num_shards) {
      return invalid_argument("Index must be between 0 and {} (currently index = {}).", num_shards - 1, index);
    }
    ASSIGN_OR_RETURN(const bool require_non_empty, c.node().attr<bool>("require_non_empty"));
    return std::make_shared<ShardDataset>(std::move(spec), std::move(input), num_shards, index, require_non_empty);
  }

 private:
  class Pass : public TransformingIterator<ShardDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      do {
        element->clear();
        RETURN_IF_ERROR(input().next(c, element, end));
        if (*end) {
          drop_input();
          if (dataset().require_non_empty_ && seen_ < dataset().num_shards_) return too_few();
          return OkStatus();
        }
        if (seen_ % 1024 == 0) RETURN_IF_ERROR(c.check());
      } while (seen_++ % dataset().num_shards_ != dataset().index_);
      // All elements are looked at until it's certain that each shard has one.
      while (dataset().require_non_empty_ && seen_ < dataset().num_shards_) {
        Element other;
        bool other_end = false;
        RETURN_IF_ERROR(input().next(c, &other, &other_end));
        if (other_end) return too_few();
        if (++seen_ % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      return OkStatus();
    }

   private:
    Status too_few() const {
      return invalid_argument("There aren't enough elements in this dataset for each shard to have at least one element "
                              "(# elems = {}, # shards = {}). If you are using datasets with distribution strategy, "
                              "considering setting the auto sharding policy to either DATA or OFF using the "
                              "`experimental_distribute.auto_shard_policy` optionof `tf.data.Options()`.", seen_,
                              dataset().num_shards_);
    }
    int64_t seen_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t num_shards_, index_;
  bool require_non_empty_;
};

const OpRegistrar take(dataset_op("TakeDataset")
                           .input("input_dataset: variant")
                           .input("count: int64")
                           .output("handle: variant") REFLOW_ELEMENT_ATTRS
                           .doc("The first `count` elements of the input; -1: all.")
                           .kernel<TransformationKernel<TakeDataset>>(kCpu));

const OpRegistrar skip(dataset_op("SkipDataset")
                           .input("input_dataset: variant")
                           .input("count: int64")
                           .output("handle: variant") REFLOW_ELEMENT_ATTRS
                           .doc("What follows the first `count` elements of the input; -1: nothing.")
                           .kernel<TransformationKernel<SkipDataset>>(kCpu));

const OpRegistrar shard(dataset_op("ShardDataset")
                            .input("input_dataset: variant")
                            .input("num_shards: int64")
                            .input("index: int64")
                            .output("handle: variant")
                            .attr("require_non_empty: bool = false") REFLOW_ELEMENT_ATTRS
                            .doc("Every `num_shards`-th element of the input, from number `index` on.")
                            .kernel<TransformationKernel<ShardDataset>>(kCpu));

}  // namespace
}  // namespace reflow::ops
