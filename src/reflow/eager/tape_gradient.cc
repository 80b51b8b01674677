// Gradients of what a tape has recorded: the records walked backwards.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>

#include "reflow/autodiff/aggregate.h"
#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/walk.h"
#include "reflow/eager/executor.h"
#include "reflow/eager/tape.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/immediate_scope.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/skipped_inputs.h"

namespace reflow::eager {
namespace {

// A gradient that is held.
struct HeldGradient {
  HeldGradient() = default;
  HeldGradient(const Gradient& g) : gradient(g), values(g.values.node), indices(g.indices.node), shape(g.dense_shape.node) {}
  Gradient gradient;
  graph::NodeRef values, indices, shape;
};

// The thread's innermost scope holds it from here on.
void hand_over(const Gradient& gradient) {
  for (const Endpoint& e : {gradient.values, gradient.indices, gradient.dense_shape}) {
    if (e) graph::ImmediateScope::hold(e.node);
  }
}

bool is_control_flow(const Node& node) {
  return graph::is_switch(node) || graph::is_enter(node) || graph::is_exit(node) || node.type() == "Merge" ||
         node.type() == "RefMerge";
}

using Key = std::pair<const Node*, int>;
Key key_of(Endpoint e) { return {e.node, e.index}; }

class Backprop {
 public:
  Backprop(graph::Graph& graph, std::span<const Endpoint> roots)
      : graph_(graph), emitter_(graph), runs_at_once_(graph::is_immediate(graph)) {
    for (const Endpoint& root : roots) needed_.insert(key_of(root));
  }

  // Forwards: does the record lie between a source and what depends on it?
  void take(const Record& record) {
    if (!std::ranges::any_of(record.inputs, [&](const Endpoint& e) { return is_needed(e); })) return;
    for (const Endpoint& e : record.outputs) {
      needed_.insert(key_of(e));
      // A function that has a gradient of its own gives outputs that ops within it have computed, which came before.
      producers_[key_of(e)] = &record;
    }
  }

  Status start(Endpoint target, const Gradient& given) {
    if (!needed_.contains(key_of(target))) return OkStatus();
    targets_.push_back(target);
    if (given) {
      add(target, given);
      return OkStatus();
    }
    const graph::ImmediateScope scope;
    ASSIGN_OR_RETURN(const Endpoint ones, filled(target, 1, "ones"));
    add(target, Gradient(ones));
    return OkStatus();
  }

  // Visits each record when all that read its outputs have been, those first that became ready first: so terms are
  // summed in TensorFlow's order.
  Status run() {
    count_uses();
    std::deque<const Record*> ready;
    for (const Record* record : included_) {
      if (waiting_for_[record] == 0) ready.push_back(record);
    }
    while (!ready.empty()) {
      const Record* const record = ready.front();
      ready.pop_front();
      RETURN_IF_ERROR(visit(*record));
      for (const Endpoint& e : record->inputs) {
        if (!is_needed(e) || --uses_[key_of(e)] > 0) continue;
        const auto producer = producers_.find(key_of(e));
        if (producer != producers_.end() && --waiting_for_[producer->second] == 0) ready.push_back(producer->second);
      }
    }
    return OkStatus();
  }

  // The sum of what has arrived at `e`.
  StatusOr<Gradient> sum_of(Endpoint e) {
    const auto found = gradients_.find(key_of(e));
    if (found == gradients_.end()) return Gradient();
    std::vector<HeldGradient>& held = found->second;
    if (held.size() > 1) {
      std::vector<Gradient> terms;
      for (const HeldGradient& term : held) terms.push_back(term.gradient);
      ASSIGN_OR_RETURN(const Gradient sum, sum_up(e, terms));
      held.assign(1, HeldGradient(sum));
    }
    return held.front().gradient;
  }

 private:
  // A tensor of `value` with the shape of `like`, as tf.zeros and tf.ones make it.
  StatusOr<Endpoint> filled(Endpoint like, int value, std::string_view name) {
    const DType type = base_type(like.dtype());
    if (runs_at_once_) {
      if (value == 0) return autodiff::emit_zeros(graph_, like.shape(), type);
      ASSIGN_OR_RETURN(const Endpoint shape, autodiff::emit_shape(graph_, like));
      ASSIGN_OR_RETURN(Tensor scalar, autodiff::scalar_of(type, value));
      ASSIGN_OR_RETURN(const Endpoint constant, autodiff::emit_constant(graph_, std::move(scalar)));
      return autodiff::emit(graph_, "Fill", {shape, constant});
    }
    if (like.shape().fully_defined()) return autodiff::emit_filled(graph_, like.shape(), type, value, name);
    ASSIGN_OR_RETURN(const Endpoint shape, autodiff::emit(graph_, "Shape", {like}));
    return autodiff::emit_filled(graph_, shape, type, value, name);
  }

  StatusOr<Gradient> sum_up(Endpoint e, const std::vector<Gradient>& terms) {
    const bool dense = std::ranges::none_of(terms, [](const Gradient& term) { return term.is_slices(); });
    if (runs_at_once_ || !dense) return autodiff::aggregate(e.node, terms, autodiff::AggregationMethod::kAddN);
    ASSIGN_OR_RETURN(const Endpoint sum, autodiff::emit_add_n(graph_, terms));
    return Gradient(sum);
  }

  bool is_needed(const Endpoint& e) const {
    return autodiff::passes_gradients(e.dtype()) && needed_.contains(key_of(e));
  }

  void add(Endpoint e, const Gradient& gradient) { gradients_[key_of(e)].emplace_back(gradient); }

  // Finds the records that targets depend on, how often each tensor is read by them, and how many of its outputs each
  // record has to wait for.
  void count_uses() {
    std::vector<Endpoint> pending(targets_.rbegin(), targets_.rend());
    while (!pending.empty()) {
      const Endpoint e = pending.back();
      pending.pop_back();
      const auto producer = producers_.find(key_of(e));
      if (producer == producers_.end() || !waiting_for_.try_emplace(producer->second, 0).second) continue;
      included_.push_back(producer->second);
      for (const Endpoint& input : producer->second->inputs) {
        if (!is_needed(input)) continue;
        ++uses_[key_of(input)];
        pending.push_back(input);
      }
    }
    for (const auto& [key, count] : uses_) {
      if (const auto producer = producers_.find(key); producer != producers_.end()) ++waiting_for_[producer->second];
    }
  }

  Status visit(const Record& record) {
    const graph::ImmediateScope scope;
    std::vector<Gradient> dy;
    bool any = false;
    for (const Endpoint& output : record.outputs) {
      const auto producer = producers_.find(key_of(output));
      const bool is_own = producer != producers_.end() && producer->second == &record;
      Gradient gradient;
      if (is_own) {
        ASSIGN_OR_RETURN(gradient, sum_of(output));
      }
      any |= static_cast<bool>(gradient);
      dy.push_back(gradient);
    }
    if (!any) return OkStatus();
    ASSIGN_OR_RETURN(const std::vector<Gradient> dx, record.op ? of_op(record, std::move(dy))
                                                               : of_function(record, std::move(dy)));
    for (size_t i = 0; i < record.inputs.size(); ++i) {
      if (dx[i] && is_needed(record.inputs[i])) add(record.inputs[i], dx[i]);
    }
    return OkStatus();
  }

  // Ops whose functions don't look at other gradients than the first.
  static bool looks_at_first_only(std::string_view type) {
    return type == "SoftmaxCrossEntropyWithLogits" || type == "SparseSoftmaxCrossEntropyWithLogits" || type == "FusedBatchNorm";
  }

  Status fill_up(const Record& record, std::vector<Gradient>* dy) {
    for (size_t i = 0; i < dy->size(); ++i) {
      const Endpoint& y = record.outputs[i];
      if ((*dy)[i] || !is_plain(y.dtype())) continue;
      // In graphs TensorFlow's tape makes zeros for ints too.
      if (runs_at_once_ ? !autodiff::passes_gradients(y.dtype()) : i > 0 && looks_at_first_only(record.name)) continue;
      ASSIGN_OR_RETURN(const Endpoint zeros, filled(y, 0, "zeros"));
      (*dy)[i] = Gradient(zeros);
    }
    return OkStatus();
  }

  StatusOr<std::vector<Gradient>> of_op(const Record& record, std::vector<Gradient> dy) {
    if (!runs_at_once_ && is_control_flow(*record.op)) {
      return unimplemented(
          "tf.GradientTape.gradients() does not support graph control flow operations like tf.cond or tf.while at this time. Use "
          "tf.gradients() instead. If you need this feature, please file a feature request at "
          "https://github.com/tensorflow/tensorflow/issues/new");
    }
    const graph::AttrValue* override_type = record.op->find_attr("_gradient_op_type");
    const std::string* name = override_type ? override_type->get<std::string>() : nullptr;
    op::GradFn fn;
    using Registry = op::GradientRegistry;
    switch (Registry::global().find(name ? *name : record.name, &fn)) {
      case Registry::Kind::kNone: return std::vector<Gradient>(record.inputs.size());
      case Registry::Kind::kUnregistered:
        return not_found("gradient registry has no entry for: {}", record.name);
      case Registry::Kind::kFunction: break;
    }
    RETURN_IF_ERROR(fill_up(record, &dy));
    op::GradContext context(record.op, std::move(dy), emitter_);
    std::vector<bool> skipped;
    for (const Endpoint& x : record.inputs) skipped.push_back(!is_needed(x));
    const op::SkippedInputs not_wanted(*record.op, std::move(skipped));
    std::optional<op::LateSlices> late;
    if (!runs_at_once_) late.emplace();
    RETURN_IF_ERROR(fn(context));
    RETURN_IF_ERROR(context.status());
    if (late) late->settle(context.all_dx());
    return std::move(context.all_dx());
  }

  StatusOr<std::vector<Gradient>> of_function(const Record& record, std::vector<Gradient> dy) {
    RETURN_IF_ERROR(fill_up(record, &dy));
    ASSIGN_OR_RETURN(std::vector<Gradient> dx, record.backward(std::move(dy)));
    if (dx.size() != record.inputs.size()) {
      return internal_error("Recorded operation '{}' returned too {} gradients. Expected {} but received {}", record.name,
                            dx.size() < record.inputs.size() ? "few" : "many", record.inputs.size(), dx.size());
    }
    return dx;
  }

  graph::Graph& graph_;
  autodiff::GraphEmitter emitter_;
  const bool runs_at_once_;
  absl::flat_hash_set<Key> needed_;  // sources, and what depends on them
  absl::flat_hash_map<Key, const Record*> producers_;
  std::vector<Endpoint> targets_;
  std::vector<const Record*> included_;
  absl::flat_hash_map<Key, int> uses_;
  absl::flat_hash_map<const Record*, int> waiting_for_;
  absl::flat_hash_map<Key, std::vector<HeldGradient>> gradients_;
};

}  // namespace

StatusOr<std::vector<Gradient>> gradient_of(graph::Graph& graph, std::span<const std::shared_ptr<Record>> records,
                                            std::span<const Endpoint> roots, std::span<const Endpoint> targets,
                                            std::span<const Endpoint> sources, std::span<const Gradient> output_gradients) {
  Backprop backprop(graph, roots);
  for (const auto& record : records) backprop.take(*record);
  for (size_t i = 0; i < targets.size(); ++i) {
    RETURN_IF_ERROR(backprop.start(targets[i], i < output_gradients.size() ? output_gradients[i] : Gradient()));
  }
  RETURN_IF_ERROR(backprop.run());
  std::vector<Gradient> results(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i]) continue;
    ASSIGN_OR_RETURN(results[i], backprop.sum_of(sources[i]));
    hand_over(results[i]);
  }
  return results;
}

StatusOr<std::vector<Gradient>> Tape::gradient(std::span<const Endpoint> targets, std::span<const Endpoint> sources,
                                               std::span<const Gradient> output_gradients) {
  const std::shared_ptr<Tape> keep = shared_from_this();
  // An active tape grows while its gradients are computed.
  const std::vector<std::shared_ptr<Record>> records = records_;
  // What isn't watched is a constant to the tape, even where it went into ops that were recorded for other inputs.
  std::vector<Endpoint> watched;
  std::ranges::copy_if(sources, std::back_inserter(watched), [this](const Endpoint& e) { return is_watched(e); });
  return gradient_of(Executor::instance()->graph(), records, watched, targets, sources, output_gradients);
}

}  // namespace reflow::eager
