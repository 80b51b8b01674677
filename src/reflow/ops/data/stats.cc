// StatsAggregatorHandle, and the datasets that record what it aggregates: how long elements take, and their sizes.

#include <chrono>
#include <cmath>
#include <map>

#include "reflow/data/dataset_op.h"
#include "reflow/formats/histogram.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// Histograms by name. Thread-safe.
class StatsAggregator : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow23StatsAggregatorResourceE";
  std::string debug_string() const override { return "StatsAggregator resource"; }
  void add(const std::string& name, double value) {
    const std::lock_guard lock(mutex_);
    histograms_[name].add(value);
  }
  std::string summary() const {
    formats::SummaryBytes bytes;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, histogram] : histograms_) bytes.add_histogram(name, histogram.serialized());
    return std::move(bytes).bytes();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, formats::Histogram> histograms_;
};

// Where the passes of an iteration record.
struct Records {
  std::shared_ptr<StatsAggregator> aggregator;  // null: nowhere
  std::string prefix;

  static std::shared_ptr<Records> of(IteratorContext& c) {
    return c.iteration().kept<Records>("StatsAggregator", [] { return std::make_shared<Records>(); });
  }
  void add(const std::string& tag, double value) const {
    if (aggregator != nullptr) aggregator->add(prefix.empty() ? tag : prefix + "::" + tag, value);
  }
};

class SetStatsAggregatorDataset : public Transformation<SetStatsAggregatorDataset> {
 public:
  SetStatsAggregatorDataset(ElementSpec spec, DatasetRef input, Records records)
      : Transformation("SetStatsAggregator", std::move(spec), std::move(input)), records_(std::move(records)) {}
  int64_t cardinality() const override { return input()->cardinality(); }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    Records records;
    ASSIGN_OR_RETURN(records.aggregator, resource_at<StatsAggregator>(c, 1));
    ASSIGN_OR_RETURN(records.prefix, scalar_input<std::string>(c, 2, "tag"));
    RETURN_IF_ERROR(scalar_input<std::string>(c, 3, "counter_prefix").status());
    return std::make_shared<SetStatsAggregatorDataset>(std::move(spec), std::move(input), std::move(records));
  }

 private:
  class Pass : public TransformingIterator<SetStatsAggregatorDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      *Records::of(c) = dataset().records_;
      return restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override { return input().next(c, element, end); }
    Status next_rows(IteratorContext& c, int64_t n, Element* element, int64_t* rows) override {
      return input().next_rows(c, n, element, rows);
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override { return input().pass_over(c, n, passed); }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  Records records_;
};

enum class Recorded { kLatency, kBytes };

// The elements of the input, of each of which it records something.
template <Recorded recorded>
class RecordingDataset : public Transformation<RecordingDataset<recorded>> {
 public:
  using Base = Transformation<RecordingDataset<recorded>>;
  RecordingDataset(ElementSpec spec, DatasetRef input, std::string tag)
      : Base(recorded == Recorded::kLatency ? "LatencyStats" : "BytesProducedStats", std::move(spec), std::move(input)),
        tag_(std::move(tag)) {}
  int64_t cardinality() const override { return this->input()->cardinality(); }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(std::string tag, scalar_input<std::string>(c, 1, "tag"));
    return std::make_shared<RecordingDataset>(std::move(spec), std::move(input), std::move(tag));
  }

 private:
  class Pass : public TransformingIterator<RecordingDataset> {
   public:
    using TransformingIterator<RecordingDataset>::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      records_ = Records::of(c);
      return this->restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      using Clock = std::chrono::steady_clock;
      const auto begin = Clock::now();
      RETURN_IF_ERROR(this->input().next(c, element, end));
      if (*end) return OkStatus();
      const std::string& tag = this->dataset().tag_;
      if constexpr (recorded == Recorded::kLatency) {
        records_->add(tag, std::floor(std::chrono::duration<double, std::micro>(Clock::now() - begin).count()));
      } else {
        int64_t bytes = 0;
        for (const Tensor& component : *element) bytes += total_bytes(component);
        records_->add(tag, static_cast<double>(bytes));
      }
      return OkStatus();
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override { return this->input().pass_over(c, n, passed); }

   private:
    // Of strings those of their characters, and eight for each as TensorFlow counts it.
    static int64_t total_bytes(const Tensor& tensor) {
      if (tensor.dtype() != DType::kString) return tensor.size_bytes();
      constexpr int64_t kEach = 8;
      int64_t bytes = 0;
      for (const std::string& text : tensor.flat<std::string>()) bytes += kEach + static_cast<int64_t>(text.size());
      return bytes;
    }
    std::shared_ptr<Records> records_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  std::string tag_;
};

class Handle : public Kernel {
 public:
  explicit Handle(KernelInit&) {}
  ~Handle() override {
    if (resources_ != nullptr && name_.is_private) (void)resources_->erase<StatsAggregator>(name_.container, name_.name);
  }
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!handle_.valid()) {
      name_ = ResourceName::of(c);
      ASSIGN_OR_RETURN(std::shared_ptr<StatsAggregator> aggregator,
                       c.resources().lookup_or_create<StatsAggregator>(
                           name_.container, name_.name,
                           []() -> StatusOr<std::shared_ptr<StatsAggregator>> { return std::make_shared<StatsAggregator>(); }));
      resources_ = &c.resources();
      handle_ = Tensor::scalar(make_resource_handle(*c.env().device, name_, std::move(aggregator)));
    }
    c.set_output(0, handle_);
    return OkStatus();
  }

 private:
  std::mutex mutex_;
  ResourceName name_;
  ResourceManager* resources_ = nullptr;
  Tensor handle_;
};

class Summary : public Kernel {
 public:
  explicit Summary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<StatsAggregator> aggregator, resource_at<StatsAggregator>(c, 0));
    *c.output(0).data<std::string>() = aggregator->summary();
    return OkStatus();
  }
};

OpBuilder handle_op(std::string_view name) {
  return OpBuilder(name)
      .output("handle: resource")
      .attr("container: string = ''")
      .attr("shared_name: string = ''")
      .stateful()
      .doc("A handle to an aggregator of what datasets record.")
      .shape(scalar_shape)
      .kernel<Handle>(kCpu)
      .sets_outputs();
}
const OpRegistrar handle(handle_op("StatsAggregatorHandle"));
const OpRegistrar experimental_handle(handle_op("ExperimentalStatsAggregatorHandle"));

OpBuilder summary_op(std::string_view name) {
  return OpBuilder(name)
      .input("iterator: resource")
      .output("summary: string")
      .stateful()
      .doc("What the aggregator has, as a serialized Summary of histograms.")
      .shape(scalar_shape)
      .kernel<Summary>(kCpu);
}
const OpRegistrar summary(summary_op("StatsAggregatorSummary"));
const OpRegistrar experimental_summary(summary_op("ExperimentalStatsAggregatorSummary"));

OpBuilder set_aggregator_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("stats_aggregator: resource")
      .input("tag: string")
      .input("counter_prefix: string")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("The dataset, in which what is to be recorded goes to the aggregator, under names that begin with `tag` and \"::\" "
           "where that isn't empty.")
      .kernel<TransformationKernel<SetStatsAggregatorDataset>>(kCpu);
}
const OpRegistrar set_aggregator(set_aggregator_op("SetStatsAggregatorDataset"));
const OpRegistrar experimental_set_aggregator(set_aggregator_op("ExperimentalSetStatsAggregatorDataset"));

template <Recorded recorded>
OpBuilder recording_op(std::string_view name, std::string_view text) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("tag: string")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc(text)
      .kernel<TransformationKernel<RecordingDataset<recorded>>>(kCpu);
}
constexpr char kLatencyDoc[] = "The dataset; how long each element takes, in microseconds, is recorded under the name `tag`.";
constexpr char kBytesDoc[] = "The dataset; the size of each element is recorded under the name `tag`.";
const OpRegistrar latency(recording_op<Recorded::kLatency>("LatencyStatsDataset", kLatencyDoc));
const OpRegistrar experimental_latency(recording_op<Recorded::kLatency>("ExperimentalLatencyStatsDataset", kLatencyDoc));
const OpRegistrar bytes(recording_op<Recorded::kBytes>("BytesProducedStatsDataset", kBytesDoc));
const OpRegistrar experimental_bytes(recording_op<Recorded::kBytes>("ExperimentalBytesProducedStatsDataset", kBytesDoc));

}  // namespace
}  // namespace reflow::ops
