// PrefetchDataset: elements that a thread makes ahead.

#include "reflow/ops/data/prefetch.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "reflow/data/dataset_op.h"
#include "reflow/op/memory_errors.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

constexpr int64_t kAutotune = -1;
constexpr size_t kMaxAutotuned = 512;

class PrefetchDataset : public Transformation<PrefetchDataset> {
 public:
  PrefetchDataset(ElementSpec spec, DatasetRef input, int64_t buffer_size)
      : Transformation("Prefetch", std::move(spec), std::move(input)), buffer_size_(buffer_size) {}
  int64_t cardinality() const override { return input()->cardinality(); }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 1, "buffer_size"));
    if (buffer_size < 0 && buffer_size != kAutotune) {
      return invalid_argument("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning");
    }
    return std::make_shared<PrefetchDataset>(std::move(spec), std::move(input), buffer_size);
  }

 private:
  class Pass : public TransformingIterator<PrefetchDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      limit_ = dataset().buffer_size_ == kAutotune ? 1 : static_cast<size_t>(dataset().buffer_size_);
      return restart(c);
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      if (dataset().buffer_size_ == 0) return input().next(c, element, end);
      if (!started_) {
        RETURN_IF_ERROR(thread_.start(c, [this](IteratorContext& background) { work(background); }));
        started_ = true;
      }
      std::unique_lock lock(mutex_);
      if (ready_.empty() && !ended_ && dataset().buffer_size_ == kAutotune && was_full_) {
        // It is the buffer that is too small where it has been full and is empty now.
        limit_ = std::min(2 * limit_, kMaxAutotuned);
        was_full_ = false;
        room_.notify_one();
      }
      RETURN_IF_ERROR(wait_until(c, lock, made_, [&] { return !ready_.empty() || ended_; }));
      *end = ready_.empty();
      if (*end) return OkStatus();
      Result result = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      room_.notify_one();
      *element = std::move(result.element);
      return std::move(result.status);
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
      return started_ ? Iterator::pass_over(c, n, passed) : input().pass_over(c, n, passed);
    }

   private:
    struct Result {
      Element element;
      Status status;
    };

    void work(IteratorContext& c) {
      while (true) {
        {
          std::unique_lock lock(mutex_);
          was_full_ |= ready_.size() >= limit_;
          room_.wait(lock, [&] { return thread_.stopping() || ready_.size() < limit_; });
          if (thread_.stopping()) return;
        }
        Result result;
        bool end = false;
        result.status = with_memory_errors([&] { return input().next(c, &result.element, &end); });
        const bool last = result.status.ok() && end;
        {
          const std::lock_guard lock(mutex_);
          if (last) ended_ = true;
          else ready_.push_back(std::move(result));
        }
        made_.notify_one();
        if (last) return;
      }
    }

    std::mutex mutex_;
    std::condition_variable room_, made_;
    std::deque<Result> ready_;  // guarded by mutex_, as the rest
    size_t limit_ = 1;
    bool ended_ = false, was_full_ = false;
    bool started_ = false;  // of the caller alone
    Background thread_{[this] {
      { const std::lock_guard lock(mutex_); }
      room_.notify_one();
    }};
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t buffer_size_;
};

const OpRegistrar prefetch(dataset_op("PrefetchDataset")
                               .input("input_dataset: variant")
                               .input("buffer_size: int64")
                               .output("handle: variant") REFLOW_ELEMENT_ATTRS
                               .attr("slack_period: int = 0")
                               .attr("legacy_autotune: bool = true")
                               .doc("The elements of the input, of which a thread makes up to `buffer_size` ahead; -1: as many "
                                    "as it pays.")
                               .kernel<TransformationKernel<PrefetchDataset>>(kCpu));

}  // namespace

DatasetRef prefetched(DatasetRef input, int64_t buffer_size) {
  ElementSpec spec = input->spec();
  return std::make_shared<PrefetchDataset>(std::move(spec), std::move(input), buffer_size);
}

}  // namespace reflow::ops
