#include "reflow/op/late_slices.h"

#include <utility>

namespace reflow::op {
namespace {

thread_local LateSlices* current_late_slices = nullptr;

}  // namespace

LateSlices::LateSlices() : outer_(std::exchange(current_late_slices, this)) {}

LateSlices::~LateSlices() { current_late_slices = outer_; }

LateSlices* LateSlices::current() { return current_late_slices; }

Endpoint LateSlices::stand_in(const Gradient& slices, Endpoint y) {
  for (const Entry& entry : entries_) {
    if (entry.slices.values == slices.values && entry.slices.indices == slices.indices) return entry.stand_in;
  }
  Entry entry{std::make_unique<Graph>(), {}, slices};
  auto node = create_op(*entry.graph, "Placeholder", {},
                        {{"dtype", base_type(slices.values.dtype())}, {"shape", y.shape()}}, {});
  if (!node.ok()) return {};
  entry.stand_in = (*node)->output(0);
  entries_.push_back(std::move(entry));
  return entries_.back().stand_in;
}

const Gradient* LateSlices::find(Endpoint e) const {
  for (const Entry& entry : entries_) {
    if (entry.stand_in == e) return &entry.slices;
  }
  return nullptr;
}

void LateSlices::settle(std::vector<Gradient>& dx) const {
  for (Gradient& gradient : dx) {
    if (gradient.is_slices()) continue;
    if (const Gradient* slices = find(gradient.values)) gradient = *slices;
  }
}

Endpoint dense_dy(GradContext& g, int i) {
  LateSlices* const late = std::exchange(current_late_slices, nullptr);
  const Endpoint dy = g.dy(i);
  current_late_slices = late;
  return dy;
}

namespace {

// `change` of dL/dy(0), or of the values of its slices.
template <typename Change>
Endpoint changed_dy(GradContext& g, Change change) {
  const Gradient dy = g.dy_gradient(0);
  LateSlices* const late = LateSlices::current();
  if (!late || !dy.is_slices()) return change(g.dy(0));
  const Endpoint values = change(dy.values);
  return values ? late->stand_in(Gradient(values, dy.indices, dy.dense_shape), g.y(0)) : Endpoint{};
}

}  // namespace

Endpoint minus_dy(GradContext& g) {
  return changed_dy(g, [&](Endpoint dy) { return g.op("Neg", {dy}); });
}

Endpoint scaled_dy(GradContext& g, double factor) {
  return changed_dy(g, [&](Endpoint dy) { return g.op("Mul", {g.constant(factor, dy.dtype(), "scalar"), dy}); });
}

Node* node_of_dy(const GradContext& g) { return g.num_outputs() > 0 ? g.dy_gradient(0).values.node : nullptr; }

}  // namespace reflow::op
