#include "fertile_stats.h"
#include "tensorflow/contrib/tensor_forest/proto/fertile_stats.pb.h"
#include "tree_messages_proto.h"

namespace reflow::ops::forest {
namespace {

namespace proto = ::tensorflow::tensorforest;
using tensorflow::decision_trees::Vector;

std::vector<float> read(const Vector& from) {
  std::vector<float> to;
  for (const auto& value : from.value()) to.push_back(value.float_value());
  return to;
}

void write(const std::vector<float>& from, Vector* to) {
  for (const float value : from) to->add_value()->set_float_value(value);
}

LeafStat read(const proto::LeafStat& from) {
  LeafStat to{.weight_sum = from.weight_sum()};
  if (from.has_regression()) {
    to.values = read(from.regression().mean_output());
    to.squares = read(from.regression().mean_output_squares());
  } else {
    to.values = read(from.classification().dense_counts());
    for (const auto& [label, count] : from.classification().sparse_counts().sparse_value()) to.counts[label] = count.float_value();
  }
  return to;
}

void write(const LeafStat& from, StatsType type, proto::LeafStat* to) {
  to->set_weight_sum(from.weight_sum);
  if (type == StatsType::kLeastSquares) {
    write(from.values, to->mutable_regression()->mutable_mean_output());
    write(from.squares, to->mutable_regression()->mutable_mean_output_squares());
  } else if (type == StatsType::kDenseGini) {
    write(from.values, to->mutable_classification()->mutable_dense_counts());
  } else {
    auto& counts = *to->mutable_classification()->mutable_sparse_counts()->mutable_sparse_value();
    for (const auto& [label, count] : from.counts) counts[label].set_float_value(count);
  }
}

bool read(const proto::FertileSlot& from, FertileSlot* to) {
  to->node = from.node_id();
  to->depth = from.depth();
  if (to->depth < 0 || to->depth > 1 << 30) return false;
  if (from.has_post_init_leaf_stats()) to->total = read(from.post_init_leaf_stats());
  for (const proto::SplitCandidate& candidate : from.candidates()) {
    SplitCandidate& read_candidate = to->candidates.emplace_back();
    if (!read_test(candidate.split(), &read_candidate.test)) return false;
    read_candidate.left = read(candidate.left_stats());
    read_candidate.right = read(candidate.right_stats());
  }
  return true;
}

void write(const FertileSlot& from, StatsType type, proto::FertileSlot* to) {
  to->set_node_id(from.node);
  to->set_depth(from.depth);
  if (!from.total) return;
  if (type == StatsType::kFixedSizeSparseGini) {
    to->mutable_post_init_leaf_stats()->set_weight_sum(from.total->weight_sum);
  } else {
    write(*from.total, type, to->mutable_post_init_leaf_stats());
  }
  for (const SplitCandidate& candidate : from.candidates) {
    proto::SplitCandidate* written = to->add_candidates();
    write_test(candidate.test, written->mutable_split());
    write(candidate.left, type, written->mutable_left_stats());
    if (type == StatsType::kFixedSizeSparseGini) write(candidate.right, type, written->mutable_right_stats());
  }
}

}  // namespace

StatusOr<FertileStats> FertileStats::parse(const std::string& bytes, std::shared_ptr<const ForestParams> params) {
  RETURN_IF_ERROR(params->check_stats());
  const Status mistake = invalid_argument("Unable to parse stats config.");
  proto::FertileStats from;
  if (!from.ParseFromString(bytes)) return mistake;
  FertileStats to;
  to.params_ = std::move(params);
  for (const proto::FertileSlot& slot : from.node_to_slot()) {
    FertileSlot fertile;
    if (!read(slot, &fertile)) return mistake;
    to.reset(fertile.node, fertile.depth);
    if (!to.slots_[fertile.node]->load(fertile)) return mistake;
  }
  if (to.slots_.empty()) to.reset(0, 0);
  return to;
}

std::string FertileStats::serialize() const {
  proto::FertileStats to;
  for (const FertileSlot& slot : save()) write(slot, params_->stats_type, to.add_node_to_slot());
  return to.SerializeAsString();
}

}  // namespace reflow::ops::forest
