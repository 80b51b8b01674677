// ParallelMapDataset: MapDataset with several calls of the function at once.

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "reflow/data/dataset_op.h"
#include "reflow/ops/data/composed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

constexpr int64_t kAutotune = -1;
constexpr int64_t kMaxWorkers = 64, kMaxResults = 4096;

class ParallelMapDataset : public Transformation<ParallelMapDataset> {
 public:
  ParallelMapDataset(ElementSpec spec, DatasetRef input, CapturedFunction function, int64_t num_parallel_calls,
                     int64_t num_results, bool preserve_cardinality)
      : Transformation("ParallelMap", std::move(spec), std::move(input)), function_(std::move(function)),
        num_parallel_calls_(num_parallel_calls), num_results_(num_results), preserve_cardinality_(preserve_cardinality) {}
  int64_t cardinality() const override { return input()->cardinality(); }

 private:
  // Workers take elements from the input, one after the other, and put what the function makes of them into a ring, from
  // which they are taken in that order.
  class Pass : public TransformingIterator<ParallelMapDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(function_, dataset().function_.instantiate(c));
      const int64_t wanted = dataset().num_parallel_calls_;
      const int64_t calls = wanted == kAutotune ? c.pool().num_threads() : wanted;
      num_workers_ = std::min(calls, kMaxWorkers);
      ring_.resize(static_cast<size_t>(std::min(std::max(calls, dataset().num_results_), kMaxResults)));
      return restart(c);
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      if (!started_) {
        for (int64_t i = 0; i < num_workers_; ++i) {
          RETURN_IF_ERROR(workers_.start(c, [this](IteratorContext& background) { work(background); }));
        }
        started_ = true;
      }
      std::unique_lock lock(mutex_);
      Result& result = ring_[taken_ % ring_.size()];
      RETURN_IF_ERROR(wait_until(c, lock, results_, [&] { return result.ready || (input_ended_ && taken_ == begun_); }));
      *end = !result.ready;
      if (*end) return OkStatus();
      const Status status = std::move(result.status);
      *element = std::move(result.element);
      result = Result();
      ++taken_;
      lock.unlock();
      room_.notify_one();
      if (status.code() != StatusCode::kOutOfRange) return status;
      if (dataset().preserve_cardinality_) {
        return invalid_argument("Function invocation produced OutOfRangeError: {}", message_of(status));
      }
      *end = true;
      return OkStatus();
    }

   private:
    struct Result {
      Element element;
      Status status;
      bool ready = false;
    };

    void work(IteratorContext& c) {
      while (true) {
        Element arguments;
        Status status;
        size_t place = 0;
        if (!begin(c, &arguments, &status, &place)) return;
        Element result;
        if (status.ok()) {
          auto called = function_.call(c, std::move(arguments));
          status = called.ok() ? check_types(*called, dataset().spec()) : called.status();
          if (status.ok()) result = *std::move(called);
        }
        {
          const std::lock_guard lock(mutex_);
          ring_[place] = {std::move(result), std::move(status), true};
        }
        results_.notify_one();
      }
    }

    // Takes an element and its place in the ring. False: there is none any more, or the pass ends.
    bool begin(IteratorContext& c, Element* arguments, Status* status, size_t* place) {
      const std::lock_guard turn(turn_);  // so that places are in the order of the elements
      {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return workers_.stopping() || input_ended_ || begun_ - taken_ < ring_.size(); });
        if (workers_.stopping() || input_ended_) return false;
        *place = begun_ % ring_.size();
      }
      bool end = false;
      *status = input().next(c, arguments, &end);
      std::unique_lock lock(mutex_);
      if (status->ok() && end) {
        input_ended_ = true;
        lock.unlock();
        results_.notify_one();
        room_.notify_all();
        return false;
      }
      ++begun_;
      return true;
    }

    CapturedFunction::Instance function_;
    int64_t num_workers_ = 1;
    std::mutex turn_, mutex_;
    std::condition_variable room_, results_;
    std::vector<Result> ring_;          // the rest is guarded by mutex_
    size_t begun_ = 0, taken_ = 0;
    bool input_ended_ = false;
    bool started_ = false;  // of the caller alone
    Background workers_{[this] {
      { const std::lock_guard lock(mutex_); }
      room_.notify_all();
    }};
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  CapturedFunction function_;
  int64_t num_parallel_calls_, num_results_;
  bool preserve_cardinality_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), function_(c, "f"), preserve_cardinality_(c.attr<bool>("preserve_cardinality")) {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int32_t calls, scalar_input<int32_t>(c, 1 + function_.num_captured(), "num_parallel_calls"));
    if (calls <= 0 && calls != kAutotune) return invalid_argument("num_parallel_calls must be greater than zero.");
    return std::make_shared<ParallelMapDataset>(spec(), std::move(input), function_.with_captured(c, 1), calls, calls,
                                                preserve_cardinality_);
  }

 private:
  const FunctionAttr function_;
  const bool preserve_cardinality_;
};

const OpRegistrar parallel_map(dataset_op("ParallelMapDataset")
                                   .input("input_dataset: variant")
                                   .input("other_arguments: Targuments")
                                   .input("num_parallel_calls: int32")
                                   .output("handle: variant")
                                   .attr("f: func")
                                   .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
                                   .attr("use_inter_op_parallelism: bool = true")
                                   .attr("sloppy: bool = false")
                                   .attr("preserve_cardinality: bool = false")
                                   .doc("What `f` makes of each element and of `other_arguments`, with up to "
                                        "`num_parallel_calls` calls at once (-1: as many as there are threads). The order "
                                        "stays.")
                                   .kernel<Kernel>(kCpu));

}  // namespace

DatasetRef parallel_mapped(ElementSpec spec, DatasetRef input, CapturedFunction function, int64_t num_parallel_calls,
                           int64_t num_results, bool preserve_cardinality) {
  return std::make_shared<ParallelMapDataset>(std::move(spec), std::move(input), std::move(function), num_parallel_calls,
                                              num_results, preserve_cardinality);
}

}  // namespace reflow::ops
