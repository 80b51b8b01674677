// RandomShuffleQueue: elements leave in random order, that of TensorFlow for the same seeds.

#include <deque>

#include "reflow/base/philox.h"
#include "reflow/ops/queue/queue_op.h"

namespace reflow::ops {
namespace {

class RandomShuffleQueue : public Queue {
 public:
  struct Options {
    int64_t min_after_dequeue = 0, seed = 0, seed2 = 0;
  };
  static Options read_options(KernelInit& c, QueueSpec* spec) {
    const Options o{c.attr<int64_t>("min_after_dequeue"), c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")};
    if (o.min_after_dequeue < 0) {
      c.fail(invalid_argument("min_after_dequeue {} must be >= 0", o.min_after_dequeue));
    } else if (o.min_after_dequeue >= spec->capacity) {
      c.fail(invalid_argument("min_after_dequeue {} must be < capacity {}", o.min_after_dequeue, spec->capacity));
    }
    for (const Shape& shape : spec->shapes) {
      if (shape.known_rank() && !shape.fully_defined()) {
        c.fail(invalid_argument("Shape {} is not fully defined", shape.str()));
      }
    }
    return o;
  }
  RandomShuffleQueue(QueueSpec spec, std::string name, Options o)
      : Queue(std::move(spec), std::move(name)), options_(o), random_(PhiloxStream(o.seed, o.seed2).reserve(0)) {}

  Status matches(const std::string& op, const Queue& other) const override {
    const auto* wanted = dynamic_cast<const RandomShuffleQueue*>(&other);
    if (wanted != nullptr && spec().capacity == other.spec().capacity) {
      const Options &mine = options_, &asked = wanted->options_;
      if (mine.min_after_dequeue != asked.min_after_dequeue) {
        return invalid_argument("Shared queue '{}' has min_after_dequeue {} but requested min_after_dequeue was {}.",
                                name(), mine.min_after_dequeue, asked.min_after_dequeue);
      }
      const bool any = asked.seed == 0 && asked.seed2 == 0;
      if (!any && (mine.seed != asked.seed || mine.seed2 != asked.seed2)) {
        return invalid_argument("Shared queue '{}' has random seeds ({}, {}) but requested seeds are ({}, {}).", name(),
                                mine.seed, mine.seed2, asked.seed, asked.seed2);
      }
    }
    return Queue::matches(op, other);
  }

 protected:
  void push(Tuple element) override { elements_.push_back(std::move(element)); }
  Tuple pop() override {
    // The last element fills the gap.
    const size_t i = next_word() % elements_.size();
    Tuple element = std::exchange(elements_[i], std::move(elements_.back()));
    elements_.pop_back();
    return element;
  }
  void put_back(Tuple element) override { elements_.push_back(std::move(element)); }
  int64_t num_elements() const override { return static_cast<int64_t>(elements_.size()); }
  int64_t min_after_dequeue() const override { return options_.min_after_dequeue; }

 private:
  uint32_t next_word() {
    if (used_words_ == 4) {
      words_ = random_.next();
      used_words_ = 0;
    }
    return words_[used_words_++];
  }

  const Options options_;
  Philox random_;
  Philox::Block words_{};
  int used_words_ = 4;
  std::deque<Tuple> elements_;
};

#define RANDOM_SHUFFLE_ATTRS                         \
  .attr("component_types: list(type) >= 1")          \
  .attr("shapes: list(shape) >= 0 = []")             \
  .attr("capacity: int = -1")                        \
  .attr("min_after_dequeue: int = 0")                \
  .attr("seed: int = 0")                             \
  .attr("seed2: int = 0")                            \
  .attr("container: string = ''")                    \
  .attr("shared_name: string = ''")                  \
  .stateful()                                        \
  .shape(queue_handle_shape)                         \
  .kernel<QueueHandle<RandomShuffleQueue>>(kCpu)     \
  .sets_outputs()

REFLOW_OP("RandomShuffleQueueV2")
    .output("handle: resource")
    .doc("A queue of tuples that leave in random order. While it is open `min_after_dequeue` of them stay behind, so that "
         "there is something to choose from.")
    RANDOM_SHUFFLE_ATTRS;

REFLOW_OP("RandomShuffleQueue")
    .output("handle: Ref(string)")
    .doc("RandomShuffleQueueV2 as old graphs have it, with a reference to its name for a handle.")
    RANDOM_SHUFFLE_ATTRS;

}  // namespace
}  // namespace reflow::ops
