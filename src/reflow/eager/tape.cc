#include "reflow/eager/tape.h"

#include <algorithm>

#include "reflow/autodiff/walk.h"
#include "reflow/eager/executor.h"

namespace reflow::eager {
namespace {

// The active tapes of a thread, innermost last.
struct ActiveTapes {
  std::vector<std::shared_ptr<Tape>> tapes;
  int paused = 0;
};

ActiveTapes& active() {
  thread_local ActiveTapes tapes;
  return tapes;
}

std::vector<Endpoint> outputs_of(Node& node) {
  std::vector<Endpoint> outputs;
  for (int i = 0; i < node.num_outputs(); ++i) outputs.push_back(node.output(i));
  return outputs;
}

}  // namespace

bool reads_variable(const Node& node) {
  const std::string& type = node.type();
  return type == "ReadVariableOp" || type == "ResourceGather" || type == "ResourceGatherNd";
}

Record::Record(std::vector<Endpoint> in, std::vector<Endpoint> out) : inputs(std::move(in)), outputs(std::move(out)) {
  for (const Endpoint& e : inputs) held.emplace_back(e.node);
  for (const Endpoint& e : outputs) held.emplace_back(e.node);
}

Record::Record(Node& node) : Record({node.inputs().begin(), node.inputs().end()}, outputs_of(node)) {
  op = &node;
  name = node.type();
}

Record::~Record() {
  if (op != nullptr && graph::is_immediate(op->graph())) Executor::instance()->forget_inputs(op);
}

void Tape::start() { active().tapes.push_back(shared_from_this()); }

void Tape::stop() {
  auto& tapes = active().tapes;
  const auto self = std::find_if(tapes.rbegin(), tapes.rend(), [this](const auto& tape) { return tape.get() == this; });
  if (self != tapes.rend()) tapes.erase(std::next(self).base());
}

void Tape::watch(Endpoint e) {
  if (watched_.insert(key_of(e)).second) held_.emplace_back(e.node);
}

bool Tape::watches_any(std::span<const Endpoint> inputs) const {
  return std::ranges::any_of(inputs, [this](const Endpoint& e) {
    return autodiff::passes_gradients(e.dtype()) && watched_.contains(key_of(e));
  });
}

void Tape::see_variable(Node* handle) {
  if (watches_variables_ && Executor::instance()->is_trainable(handle)) watch_variable(handle);
}

std::vector<Node*> Tape::watched_variables() const {
  std::vector<Node*> handles = variables_;
  std::ranges::sort(handles, {}, [](const Node* handle) { return Executor::instance()->owner_number(handle); });
  return handles;
}

void Tape::watch_variable(Node* handle) {
  if (watched_.contains(key_of({handle, 0}))) return;
  watch({handle, 0});
  variables_.push_back(handle);
}

void Tape::add(std::shared_ptr<Record> record) {
  for (const Endpoint& e : record->outputs) {
    if (autodiff::passes_gradients(e.dtype())) watched_.insert(key_of(e));
  }
  records_.push_back(std::move(record));
}

bool Tape::record_on_all(Node& node) {
  ActiveTapes& all = active();
  if (all.tapes.empty() || all.paused > 0 || node.num_inputs() == 0 || node.num_outputs() == 0) return false;
  const bool reads = reads_variable(node);
  std::shared_ptr<Record> record;
  for (const auto& tape : all.tapes) {
    if (reads) tape->see_variable(node.input(0).node);
    if (!tape->watches_any(node.inputs())) continue;
    if (!record) record = std::make_shared<Record>(node);
    tape->add(record);
  }
  return record != nullptr;
}

int Tape::num_active() {
  const ActiveTapes& all = active();
  return all.paused > 0 ? 0 : static_cast<int>(all.tapes.size());
}

bool Tape::should_record(std::span<const Endpoint> inputs) {
  const ActiveTapes& all = active();
  if (all.paused > 0) return false;
  bool watched = false;
  for (const auto& tape : all.tapes) {
    for (const Endpoint& input : inputs) {
      if (input.node->type() == "VarHandleOp") tape->see_variable(input.node);
    }
    watched |= tape->watches_any(inputs);
  }
  return watched;
}

void Tape::record_function(std::string name, std::span<const Endpoint> outputs, std::span<const Endpoint> inputs,
                           BackwardFunction backward) {
  const ActiveTapes& all = active();
  if (all.paused > 0) return;
  std::shared_ptr<Record> record;
  for (const auto& tape : all.tapes) {
    if (!tape->watches_any(inputs)) continue;
    if (!record) {
      record = std::make_shared<Record>(std::vector<Endpoint>(inputs.begin(), inputs.end()),
                                        std::vector<Endpoint>(outputs.begin(), outputs.end()));
      record->backward = std::move(backward);
      record->name = std::move(name);
    }
    tape->add(record);
  }
}

Tape::Paused::Paused() { ++active().paused; }
Tape::Paused::~Paused() { --active().paused; }

}  // namespace reflow::eager
