// ParallelMapDataset: MapDataset with several calls of the function at once.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <span>
#include <utility>

#include "reflow/data/dataset_op.h"
#include "reflow/op/memory_errors.h"
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
  // Workers take elements from the input and put what the function makes of them into a ring, from which they are taken
  // in that order. Where calls are so short that handing elements over would cost more, a worker takes several at a time.
  class Pass : public TransformingIterator<ParallelMapDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(function_, dataset().function_.instantiate(c));
      const int64_t wanted = dataset().num_parallel_calls_;
      const int64_t calls = wanted == kAutotune ? c.pool().num_threads() : wanted;
      num_workers_ = std::min(calls, kMaxWorkers);
      ahead_ = static_cast<size_t>(std::min(std::max(calls, dataset().num_results_), kMaxResults));
      ring_.resize(std::max(ahead_, 2 * kMaxChunk));
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
      taker_waits_ = true;
      const Status waited =
          wait_until(c, lock, results_, [&] { return result.ready || (input_ended_ && taken_ == begun_); });
      taker_waits_ = false;
      RETURN_IF_ERROR(waited);
      *end = !result.ready;
      if (*end) return OkStatus();
      const Status status = std::move(result.status);
      *element = std::move(result.element);
      result = Result();
      ++taken_;
      const bool wake = worker_waits_ && begun_ - taken_ <= most_ahead() / 2;
      if (wake) worker_waits_ = false;
      lock.unlock();
      if (wake) room_.notify_one();
      if (status.code() != StatusCode::kOutOfRange) return status;
      if (dataset().preserve_cardinality_) {
        return invalid_argument("Function invocation produced OutOfRangeError: {}", message_of(status));
      }
      *end = true;
      return OkStatus();
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
      const bool may_leave_out = !started_ && dataset().preserve_cardinality_;
      return may_leave_out ? input().pass_over(c, n, passed) : Iterator::pass_over(c, n, passed);
    }

   private:
    using Clock = std::chrono::steady_clock;
    struct Result {
      Element element;  // before the call: its arguments
      Status status;
      bool ready = false;
    };

    void work(IteratorContext& c) {
      std::vector<Result> chunk;
      size_t first = 0;
      Clock::time_point start;
      while (begin(c, &chunk, &first, &start)) {
        size_t published = 0;
        for (size_t i = 0; i < chunk.size(); ++i) {
          call(c, &chunk[i]);
          if (i + 1 < chunk.size() && Clock::now() - start < kChunkTime) continue;
          publish(std::span(chunk).subspan(published, i + 1 - published), first + published);
          published = i + 1;
        }
        const Clock::duration each = (Clock::now() - start) / static_cast<int64_t>(chunk.size());
        const int64_t short_enough = kChunkTime / std::max<Clock::duration>(each, kShortest);
        const std::lock_guard lock(mutex_);
        chunk_ = std::clamp<size_t>(static_cast<size_t>(short_enough), 1, kMaxChunk);
      }
    }

    // Takes elements, of which the first is the `*first`th of all. False: there is none any more, or the pass ends.
    bool begin(IteratorContext& c, std::vector<Result>* chunk, size_t* first, Clock::time_point* start) {
      const std::lock_guard turn(turn_);  // so that places are in the order of the elements
      size_t most = 0;
      {
        std::unique_lock lock(mutex_);
        while (!workers_.stopping() && !input_ended_ && begun_ - taken_ >= most_ahead()) {
          worker_waits_ = true;
          room_.wait(lock);
        }
        worker_waits_ = false;
        if (workers_.stopping() || input_ended_) return false;
        *first = begun_;
        most = std::min(chunk_, most_ahead() - (begun_ - taken_));
      }
      chunk->clear();
      *start = Clock::now();
      bool end = false;
      do {
        Result& result = chunk->emplace_back();
        result.status = with_memory_errors([&] { return input().next(c, &result.element, &end); });
        if (!result.status.ok()) end = false;
        if (end) chunk->pop_back();
      } while (!end && chunk->back().status.ok() && chunk->size() < most && Clock::now() - *start < kChunkTime);
      bool wake = false;
      {
        const std::lock_guard lock(mutex_);
        begun_ += chunk->size();
        input_ended_ = end;
        wake = end && taker_waits_;
      }
      if (wake) results_.notify_one();
      return !chunk->empty();
    }

    void call(IteratorContext& c, Result* result) const {
      if (!result->status.ok()) return;
      auto called = with_memory_errors([&] { return function_.call(c, std::exchange(result->element, {})); });
      result->status = called.ok() ? check_types(*called, dataset().spec()) : called.status();
      if (result->status.ok()) result->element = *std::move(called);
    }

    void publish(std::span<Result> results, size_t first) {
      bool wake = false;
      {
        const std::lock_guard lock(mutex_);
        for (size_t i = 0; i < results.size(); ++i) {
          results[i].ready = true;
          ring_[(first + i) % ring_.size()] = std::move(results[i]);
        }
        wake = taker_waits_ && taken_ >= first && taken_ < first + results.size();
      }
      if (wake) results_.notify_one();
    }

    // How many elements may be begun that have not been taken.
    size_t most_ahead() const { return std::min(ahead_ * chunk_, ring_.size()); }

    static constexpr std::chrono::microseconds kChunkTime{200}, kShortest{1};
    static constexpr size_t kMaxChunk = 32;

    CapturedFunction::Instance function_;
    int64_t num_workers_ = 1;
    size_t ahead_ = 1;  // where calls aren't short
    std::mutex turn_, mutex_;
    std::condition_variable room_, results_;
    std::vector<Result> ring_;  // the rest is guarded by mutex_
    size_t begun_ = 0, taken_ = 0, chunk_ = 1;
    bool input_ended_ = false;
    bool taker_waits_ = false, worker_waits_ = false;  // of the worker whose turn it is
    bool started_ = false;                             // of the caller alone
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
