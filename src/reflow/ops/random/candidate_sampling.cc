// Candidate sampling for large numbers of classes, and ComputeAccidentalHits.

#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <unordered_map>

#include "candidate_samplers.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

class CandidateSampler : public Kernel {
 public:
  CandidateSampler(KernelInit& c, std::unique_ptr<RangeSampler> sampler)
      : num_sampled_(c.attr<int64_t>("num_sampled")),
        unique_(c.attr<bool>("unique")),
        sampler_(std::move(sampler)),
        stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {
    if (sampler_ == nullptr) {
      c.fail(invalid_argument("The range of classes is too large"));
    } else if (unique_ && num_sampled_ > sampler_->num_possible()) {
      c.fail(invalid_argument("Sampler's range is too small."));
    }
  }
  Status compute(KernelContext& c) override {
    const Tensor& classes = c.input(0);
    PhiloxWords words(stream_.reserve(512 * num_sampled_));
    const std::lock_guard lock(mutex_);
    const RangeSampler::Batch batch{c.output(0).flat<int64_t>(), c.output(2).flat<float>(), classes.flat<int64_t>(),
                                    c.output(1).flat<float>()};
    RETURN_IF_ERROR(sampler_->draw(c.env(), words, unique_, batch));
    sampler_->update(classes.flat<int64_t>());
    return OkStatus();
  }

 private:
  const int64_t num_sampled_;
  const bool unique_;
  const std::unique_ptr<RangeSampler> sampler_;
  std::mutex mutex_;
  PhiloxStream stream_;
};

template <std::unique_ptr<RangeSampler> (*make)(int64_t)>
class SamplerOfRange : public CandidateSampler {
 public:
  explicit SamplerOfRange(KernelInit& c) : CandidateSampler(c, make(std::max<int64_t>(c.attr<int64_t>("range_max"), 1))) {}
};

// The weights of FixedUnigramCandidateSampler: of one shard, reserved classes first.
StatusOr<std::vector<float>> fixed_weights(KernelInit& c) {
  const std::string file_name = c.attr<std::string>("vocab_file");
  const auto unigrams = c.attr<std::vector<float>>("unigrams");
  const float distortion = c.attr<float>("distortion");
  const int64_t reserved = c.attr<int64_t>("num_reserved_ids"), shards = std::max<int64_t>(c.attr<int64_t>("num_shards"), 1),
                shard = c.attr<int64_t>("shard");
  if (file_name.empty() && unigrams.empty()) return invalid_argument("Must provide either vocab_file or unigrams.");
  if (!file_name.empty() && !unigrams.empty()) return invalid_argument("Must only provide one of vocab_file and unigrams.");
  if (shard >= shards) return invalid_argument("shard {} must be less than num_shards {}", shard, shards);
  const int64_t range = c.attr<int64_t>("range_max");
  constexpr int64_t kMostReserved = int64_t{1} << 27;
  const int64_t num_reserved = reserved > shard ? (reserved - shard - 1) / shards + 1 : 0;  // of this shard
  if (num_reserved > kMostReserved) return resource_exhausted("There are too many reserved classes: {}", num_reserved);
  if (num_reserved > range) return invalid_argument("range_max is {}, but {} classes are reserved", range, num_reserved);
  std::vector<float> weights(static_cast<size_t>(num_reserved), 0.0f);
  // As in TensorFlow ids go on from the number of reserved ones of this shard.
  auto id = static_cast<int64_t>(weights.size());
  const auto add = [&](float weight) {
    if (id++ % shards == shard) weights.push_back(std::pow(weight, distortion));
  };
  for (const float weight : unigrams) add(weight);
  if (!file_name.empty()) {
    std::ifstream file(file_name);
    if (!file) return not_found("{}; No such file or directory", file_name);
    // The weight is what stands in the last column, separated by commas.
    for (std::string line; std::getline(file, line);) {
      if (line.empty()) continue;
      const std::string column = line.substr(line.rfind(',') + 1);
      char* end = nullptr;
      const float weight = std::strtof(column.c_str(), &end);
      if (end == column.c_str()) return invalid_argument("Wrong vocabulary format at line: {}", line);
      add(weight);
    }
  }
  if (static_cast<int64_t>(weights.size()) != range) {
    return invalid_argument("range_max is {}, but there are weights for {} classes", range, weights.size());
  }
  float sum = 0;
  for (const float weight : weights) {
    if (!(weight >= 0)) return invalid_argument("Weights must be non-negative, got {}", weight);
    sum += weight;
  }
  if (!(sum > 0) || !std::isfinite(sum)) return invalid_argument("The sum of all weights must be positive and finite, got {}", sum);
  return weights;
}

std::unique_ptr<RangeSampler> fixed_sampler(KernelInit& c) {
  auto weights = fixed_weights(c);
  if (!weights.ok()) {
    c.fail(weights.status());
    return nullptr;
  }
  const auto range = static_cast<int64_t>(weights->size());
  return make_weighted_sampler(range, *std::move(weights));
}

class FixedUnigramSampler : public CandidateSampler {
 public:
  explicit FixedUnigramSampler(KernelInit& c) : CandidateSampler(c, fixed_sampler(c)) {}
};

class AllCandidates : public Kernel {
 public:
  explicit AllCandidates(KernelInit&) {}
  Status compute(KernelContext& c) override {
    int64_t next = 0;
    for (int64_t& value : c.output(0).flat<int64_t>()) value = next++;
    for (int i : {1, 2}) {
      for (float& expected : c.output(i).flat<float>()) expected = 1;
    }
    return OkStatus();
  }
};

class AccidentalHits : public Kernel {
 public:
  explicit AccidentalHits(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &classes = c.input(0), &sampled = c.input(1);
    std::unordered_map<int64_t, int64_t> places;  // of a class that was sampled twice the last
    for (int64_t i = 0; i < sampled.num_elements(); ++i) places[sampled.data<int64_t>()[i]] = i;
    std::vector<std::pair<int32_t, int64_t>> hits;
    const int64_t columns = classes.dim(1);
    for (int64_t i = 0; i < classes.num_elements(); ++i) {
      const auto hit = places.find(classes.data<int64_t>()[i]);
      if (hit != places.end()) hits.emplace_back(static_cast<int32_t>(i / columns), hit->second);
    }
    for (int i = 0; i < 3; ++i) RETURN_IF_ERROR(c.allocate_output(i, Shape{static_cast<int64_t>(hits.size())}));
    for (size_t i = 0; i < hits.size(); ++i) {
      c.output(0).data<int32_t>()[i] = hits[i].first;
      c.output(1).data<int64_t>()[i] = hits[i].second;
      c.output(2).data<float>()[i] = -std::numeric_limits<float>::max();
    }
    return OkStatus();
  }
};

Status sampler_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t num_sampled, c.attr<int64_t>("num_sampled"));
  ASSIGN_OR_RETURN(const int64_t num_true, c.attr<int64_t>("num_true"));
  if (num_sampled < 1) return invalid_argument("num_sampled must be >=1, got {}", num_sampled);
  if (num_true < 1) return invalid_argument("num_true must be >=1, got {}", num_true);
  if (c.concrete()) {
    if (c.input(0).rank() != 2) return invalid_argument("true_classes must be a matrix");
    if (c.input(0).dim(1) != num_true) {
      return invalid_argument("true_classes must have num_true columns, expected: {} was: {}", c.input(0).dim(1), num_true);
    }
  }
  Shape classes;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &classes));
  c.set_output(0, {num_sampled});
  c.set_output(1, {classes.dim(0), num_true});
  c.set_output(2, {num_sampled});
  return OkStatus();
}

Status hits_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const int64_t num_true, c.attr<int64_t>("num_true"));
  if (c.concrete()) {
    if (c.input(0).rank() != 2 || c.input(0).dim(1) != num_true) {
      return invalid_argument("true_classes must be a batch_size * num_true matrix");
    }
    if (c.input(1).rank() != 1) {
      return invalid_argument("sampled_candidates must be a vector, which is typically an output from CandidateSampler");
    }
  }
  Shape classes, sampled;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 2, &classes));
  int64_t columns;
  RETURN_IF_ERROR(c.with_value(classes.dim(1), num_true, &columns));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &sampled));
  for (int i = 0; i < 3; ++i) c.set_output(i, {Shape::kUnknown});
  return OkStatus();
}

OpBuilder sampler_op(const char* name, const char* doc, bool has_range = true) {
  OpBuilder builder(name);
  std::move(builder)
      .input("true_classes: int64")
      .output("sampled_candidates: int64")
      .output("true_expected_count: float")
      .output("sampled_expected_count: float")
      .attr("num_true: int >= 1")
      .attr("num_sampled: int >= 1")
      .attr("unique: bool");
  if (has_range) std::move(builder).attr("range_max: int >= 1");
  std::move(builder).doc(doc).stateful().shape(sampler_shape);
  return builder;
}

OpBuilder&& seeds(OpBuilder&& builder) { return std::move(builder).attr("seed: int = 0").attr("seed2: int = 0"); }

const OpRegistrar kOps[] = {
    seeds(sampler_op("UniformCandidateSampler",
                     "Draws num_sampled classes from [0, range_max), all equally likely, and gives how often each of them and of "
                     "true_classes [batch, num_true] is expected to be drawn."))
        .kernel<SamplerOfRange<make_uniform_sampler>>(kCpu),
    seeds(sampler_op("LogUniformCandidateSampler",
                     "As UniformCandidateSampler, with the probability (log(class + 2) - log(class + 1)) / log(range_max + 1)."))
        .kernel<SamplerOfRange<make_log_uniform_sampler>>(kCpu),
    seeds(sampler_op("LearnedUnigramCandidateSampler",
                     "As UniformCandidateSampler, with probabilities that are learned from the true classes of earlier steps."))
        .kernel<SamplerOfRange<make_learned_unigram_sampler>>(kCpu),
    seeds(sampler_op("ThreadUnsafeUnigramCandidateSampler", "As LearnedUnigramCandidateSampler."))
        .kernel<SamplerOfRange<make_learned_unigram_sampler>>(kCpu),
    seeds(sampler_op("FixedUnigramCandidateSampler",
                     "As UniformCandidateSampler, with the weights of `unigrams` or of the last column of vocab_file, to the power "
                     "of distortion; num_reserved_ids classes before them are never drawn.")
              .attr("vocab_file: string = ''")
              .attr("distortion: float = 1")
              .attr("num_reserved_ids: int = 0")
              .attr("num_shards: int >= 1 = 1")
              .attr("shard: int >= 0 = 0")
              .attr("unigrams: list(float) = []"))
        .kernel<FixedUnigramSampler>(kCpu),
    seeds(sampler_op("AllCandidateSampler", "Gives all classes from 0 to num_sampled - 1, each of which is drawn once.", false))
        .kernel<AllCandidates>(kCpu),
};

REFLOW_OP("ComputeAccidentalHits")
    .input("true_classes: int64")
    .input("sampled_candidates: int64")
    .output("indices: int32")
    .output("ids: int64")
    .output("weights: float")
    .attr("num_true: int")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .doc("Where classes of true_classes [batch, num_true] have been sampled too: the row, the place among sampled_candidates, and "
         "-FLT_MAX, to be added to the logit.")
    .shape(hits_shape)
    .kernel<AccidentalHits>(kCpu);

}  // namespace
}  // namespace reflow::ops
