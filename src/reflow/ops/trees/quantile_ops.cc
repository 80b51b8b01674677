// Buckets of features: streams of weighted values, summaries of which set the boundaries, and the buckets of values.

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "quantile_stream.h"
#include "reflow/op/named_resource.h"
#include "reflow/op/shape_checks.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// A stream for each feature, and the boundaries of the buckets that the last ones gave.
class QuantileStreams : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow34BoostedTreesQuantileStreamResourceE";
  QuantileStreams(float error, int64_t max_elements, int64_t n) : streams(n, QuantileStream(error, max_elements)), boundaries(n) {}
  std::string debug_string() const override { return "QuantileStreamResource"; }

  std::mutex mutex;  // of all below
  std::vector<QuantileStream> streams;
  std::vector<std::vector<float>> boundaries;
};

// Far more than there is use for: each takes memory.
constexpr int64_t kMaxStreams = 1 << 20, kMaxQuantiles = 1 << 24;

Status check_error(float error) {
  if (!(error > 0)) return invalid_argument("An epsilon value of zero is not allowed.");
  if (error >= 1) return invalid_argument("epsilon must be less than 1, but is {}", error);
  return OkStatus();
}

Status wrong_number(size_t n, size_t wanted) { return invalid_argument("There are {} streams, not {}", wanted, n); }

class CreateStreams : public Kernel {
 public:
  explicit CreateStreams(KernelInit& c) : max_elements_(c.attr<int64_t>("max_elements")) {
    if (max_elements_ <= 0) c.fail(invalid_argument("max_elements must be positive, but is {}", max_elements_));
  }
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_input_shapes(c));
    const float error = c.input(1).item<float>();
    const int64_t n = c.input(2).item<int64_t>();
    RETURN_IF_ERROR(check_error(error));
    if (n < 0) return invalid_argument("Num_streams input cannot be a negative integer");
    if (n > kMaxStreams) return invalid_argument("num_streams must be at most {}, but is {}", kMaxStreams, n);
    return create_resource(c, std::make_shared<QuantileStreams>(error, max_elements_, n));
  }

 private:
  const int64_t max_elements_;
};

// [entries, 4]: value, weight, least and largest rank.
Tensor to_tensor(const QuantileSummary& summary) {
  Tensor result(DType::kFloat32, {summary.size(), 4});
  float* to = result.data<float>();
  for (const QuantileEntry& entry : summary.entries()) {
    *to++ = entry.value;
    *to++ = entry.weight;
    *to++ = entry.min_rank;
    *to++ = entry.max_rank;
  }
  return result;
}

QuantileSummary to_summary(const Tensor& rows) {
  std::vector<QuantileEntry> entries;
  const float* row = rows.data<float>();
  for (int64_t i = 0; i < rows.dim(0); ++i, row += 4) entries.push_back({row[0], row[1], row[2], row[3]});
  return QuantileSummary(std::move(entries));
}

class MakeSummaries : public Kernel {
 public:
  explicit MakeSummaries(KernelInit& c) : num_features_(static_cast<int>(c.attr<int64_t>("num_features"))) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_input_shapes(c));
    const Tensor& weights = c.input(num_features_);
    const float error = c.input(num_features_ + 1).item<float>();
    RETURN_IF_ERROR(check_error(error));
    for (int i = 0; i < num_features_; ++i) {
      const int64_t n = c.input(i).num_elements();
      if (weights.num_elements() != 1 && weights.num_elements() != n) {
        return invalid_argument("Weights should be a single value or same size as features.");
      }
    }
    c.pool().parallel_for(num_features_, 50.0 * static_cast<double>(num_features_ > 0 ? c.input(0).num_elements() : 0), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const std::span<const float> values = c.input(static_cast<int>(i)).flat<float>(), all_weights = weights.flat<float>();
        QuantileStream stream(error, static_cast<int64_t>(values.size()) + 1);
        for (size_t j = 0; j < values.size(); ++j) stream.push(values[j], all_weights[all_weights.size() > 1 ? j : 0]);
        c.set_output(static_cast<int>(i), to_tensor(stream.finish()));
      }
    });
    return OkStatus();
  }

 private:
  const int num_features_;
};

class AddSummaries : public Kernel {
 public:
  explicit AddSummaries(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<QuantileStreams> resource, resource_at<QuantileStreams>(c, 0));
    RETURN_IF_ERROR(check_input_shapes(c));
    const std::lock_guard lock(resource->mutex);
    const size_t n = c.num_inputs() - 1;
    if (n != resource->streams.size()) return wrong_number(n, resource->streams.size());
    for (size_t i = 0; i < n; ++i) {
      const Tensor& rows = c.input(static_cast<int>(i) + 1);
      if (rows.dim(1) != 4) return invalid_argument("A summary has 4 columns, not {}", rows.dim(1));
    }
    for (size_t i = 0; i < n; ++i) resource->streams[i].push(to_summary(c.input(static_cast<int>(i) + 1)));
    return OkStatus();
  }
};

class FlushSummaries : public Kernel {
 public:
  explicit FlushSummaries(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<QuantileStreams> resource, resource_at<QuantileStreams>(c, 0));
    const std::lock_guard lock(resource->mutex);
    const size_t n = c.num_outputs();
    if (n != resource->streams.size()) return wrong_number(n, resource->streams.size());
    for (size_t i = 0; i < n; ++i) c.set_output(static_cast<int>(i), to_tensor(resource->streams[i].finish()));
    return OkStatus();
  }
};

class FlushToBoundaries : public Kernel {
 public:
  explicit FlushToBoundaries(KernelInit& c) : wants_quantiles_(c.attr<bool>("generate_quantiles")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<QuantileStreams> resource, resource_at<QuantileStreams>(c, 0));
    RETURN_IF_ERROR(check_input_shapes(c));
    const int64_t n = c.input(1).item<int64_t>();
    if (wants_quantiles_ && (n < 3 || n > kMaxQuantiles)) {
      return invalid_argument("num_buckets must be from 3 to {}, but is {}", kMaxQuantiles, n);
    }
    const std::lock_guard lock(resource->mutex);
    for (size_t i = 0; i < resource->streams.size(); ++i) {
      const QuantileSummary summary = resource->streams[i].finish();
      std::vector<float>& boundaries = resource->boundaries[i];
      boundaries = wants_quantiles_ ? summary.quantiles(n - 1) : summary.boundaries(n);
      if (!wants_quantiles_) boundaries.erase(std::unique(boundaries.begin(), boundaries.end()), boundaries.end());
    }
    return OkStatus();
  }

 private:
  const bool wants_quantiles_;
};

class SetBoundaries : public Kernel {
 public:
  explicit SetBoundaries(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<QuantileStreams> resource, resource_at<QuantileStreams>(c, 0));
    const std::lock_guard lock(resource->mutex);
    const size_t n = c.num_inputs() - 1;
    if (n != resource->streams.size()) return wrong_number(n, resource->streams.size());
    for (size_t i = 0; i < n; ++i) {
      const std::span<const float> values = c.input(static_cast<int>(i) + 1).flat<float>();
      resource->boundaries[i].assign(values.begin(), values.end());
    }
    return OkStatus();
  }
};

class GetBoundaries : public Kernel {
 public:
  explicit GetBoundaries(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<QuantileStreams> resource, resource_at<QuantileStreams>(c, 0));
    const std::lock_guard lock(resource->mutex);
    const size_t n = c.num_outputs();
    if (n != resource->streams.size()) return wrong_number(n, resource->streams.size());
    for (size_t i = 0; i < n; ++i) {
      const std::vector<float>& values = resource->boundaries[i];
      c.set_output(static_cast<int>(i), Tensor::from(std::span(values), {static_cast<int64_t>(values.size())}));
    }
    return OkStatus();
  }
};

class Bucketize : public Kernel {
 public:
  explicit Bucketize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for (int i = 0; i < c.num_outputs(); ++i) {
      const Tensor& boundaries = c.input(c.num_outputs() + i);
      if (i == 0 && boundaries.rank() != 1) return invalid_argument("Buckets should be flat vectors.");
      const std::span<const float> values = c.input(i).flat<float>(), steps = boundaries.flat<float>();
      int32_t* to = c.output(i).data<int32_t>();
      // What is above all boundaries belongs to the last bucket.
      const auto last = static_cast<int64_t>(steps.size()) - 1;
      for (size_t j = 0; j < values.size(); ++j) {
        const int64_t bucket = std::lower_bound(steps.begin(), steps.end(), values[j]) - steps.begin();
        to[j] = static_cast<int32_t>(std::max<int64_t>(0, std::min(bucket, last)));
      }
    }
    return OkStatus();
  }
};

Status summaries_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{Shape::kUnknown, 4});
  return OkStatus();
}

Status make_summaries_shape(ShapeContext& c) {
  Shape unused;
  const int n = c.num_outputs();
  for (int i = 0; i <= n; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &unused));
  RETURN_IF_ERROR(all_with_rank(c, n + 1, 0));
  return summaries_shape(c);
}

Status add_summaries_shape(ShapeContext& c) { return all_with_rank(c, 1, 2); }

Status set_boundaries_shape(ShapeContext& c) {
  // TensorFlow's function asks for scalars, though vectors come in the run, of which it knows nothing.
  return c.concrete() ? OkStatus() : all_with_rank(c, 0, 0);
}

Status boundaries_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{Shape::kUnknown});
  return OkStatus();
}

Status buckets_shape(ShapeContext& c) {
  Shape feature;
  int64_t batch = Shape::kUnknown;
  for (int i = 0; i < c.num_outputs(); ++i) {
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &feature));
    RETURN_IF_ERROR(c.merge_dim(feature.dim(0), batch, &batch));
  }
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{batch});
  return OkStatus();
}

REFLOW_OP("BoostedTreesQuantileStreamResourceHandleOp")
    .output("resource: resource")
    .attr("container: string = ''")
    .attr("shared_name: string = ''")
    .stateful()
    .doc("A handle to streams of values, which BoostedTreesCreateQuantileStreamResource makes.")
    .shape(scalar_shape)
    .kernel<NamedHandle<QuantileStreams>>(kCpu)
    .sets_outputs();

REFLOW_OP("IsBoostedTreesQuantileStreamResourceInitialized")
    .input("quantile_stream_resource_handle: resource")
    .output("is_initialized: bool")
    .stateful()
    .doc("Tells whether the streams have been made.")
    .shape(all_scalars)
    .kernel<IsThere<QuantileStreams>>(kCpu);

REFLOW_OP("BoostedTreesCreateQuantileStreamResource")
    .input("quantile_stream_resource_handle: resource")
    .input("epsilon: float")
    .input("num_streams: int64")
    .attr("max_elements: int = 1099511627776")
    .stateful()
    .doc("Makes streams of at most max_elements values each, whose ranks are known to epsilon of all weights. Does nothing where there "
         "are some already.")
    .shape(all_scalars)
    .kernel<CreateStreams>(kCpu);

REFLOW_OP("BoostedTreesMakeQuantileSummaries")
    .input("float_values: num_features * float")
    .input("example_weights: float")
    .input("epsilon: float")
    .output("summaries: num_features * float")
    .attr("num_features: int >= 0")
    .doc("Summaries of features' values, [entries, 4]: a value, its weight, and bounds of the weight of smaller values and of smaller "
         "and equal ones. Examples have a weight each, or all the same.")
    .shape(make_summaries_shape)
    .kernel<MakeSummaries>(kCpu)
    .sets_outputs();

REFLOW_OP("BoostedTreesFlushQuantileSummaries")
    .input("quantile_stream_resource_handle: resource")
    .output("summaries: num_features * float")
    .attr("num_features: int >= 0")
    .stateful()
    .doc("Summaries of the streams, as of BoostedTreesMakeQuantileSummaries. The streams are empty afterwards.")
    .shape(summaries_shape)
    .kernel<FlushSummaries>(kCpu)
    .sets_outputs();

REFLOW_OP("BoostedTreesQuantileStreamResourceAddSummaries")
    .input("quantile_stream_resource_handle: resource")
    .input("summaries: num_features * float")
    .attr("num_features: int >= 0")
    .stateful()
    .doc("Adds what was summarized by BoostedTreesMakeQuantileSummaries to the streams, one each.")
    .shape(add_summaries_shape)
    .kernel<AddSummaries>(kCpu);

REFLOW_OP("BoostedTreesQuantileStreamResourceDeserialize")
    .input("quantile_stream_resource_handle: resource")
    .input("bucket_boundaries: num_streams * float")
    .attr("num_streams: int >= 1")
    .stateful()
    .doc("Sets the boundaries of the buckets.")
    .shape(set_boundaries_shape)
    .kernel<SetBoundaries>(kCpu);

REFLOW_OP("BoostedTreesQuantileStreamResourceFlush")
    .input("quantile_stream_resource_handle: resource")
    .input("num_buckets: int64")
    .attr("generate_quantiles: bool = false")
    .stateful()
    .doc("Sets the boundaries of about num_buckets buckets by what the streams hold, which are empty afterwards: values that part it "
         "evenly, or as many as there are buckets, at even ranks.")
    .shape(all_scalars)
    .kernel<FlushToBoundaries>(kCpu);

REFLOW_OP("BoostedTreesQuantileStreamResourceGetBucketBoundaries")
    .input("quantile_stream_resource_handle: resource")
    .output("bucket_boundaries: num_features * float")
    .attr("num_features: int >= 0")
    .stateful()
    .doc("The boundaries of each stream's buckets, none before they are set.")
    .shape(boundaries_shape)
    .kernel<GetBoundaries>(kCpu)
    .sets_outputs();

REFLOW_OP("BoostedTreesBucketize")
    .input("float_values: num_features * float")
    .input("bucket_boundaries: num_features * float")
    .output("buckets: num_features * int32")
    .attr("num_features: int >= 0")
    .doc("The bucket of each value, [batch] of each feature: the first boundary that is not below it, or the last.")
    .shape(buckets_shape)
    .kernel<Bucketize>(kCpu);

}  // namespace
}  // namespace reflow::ops
