// Decoders for connectionist temporal classification: greedy, and by beam search.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

using Labels = std::vector<int64_t>;

Status check_lengths(KernelContext& c) {
  const int64_t max_steps = c.input(0).dim(0);
  for (int64_t b = 0; b < c.input(1).num_elements(); ++b) {
    const int32_t n = c.input(1).data<int32_t>()[b];
    if (n < 0 || n > max_steps) return failed_precondition("sequence_length({}) <= {}", b, max_steps);
  }
  return OkStatus();
}

// The sequences of a batch as a SparseTensor: outputs `first`, first + step and first + 2 * step.
Status put_sequences(KernelContext& c, const std::vector<Labels>& sequences, int first, int step) {
  int64_t total = 0, longest = 0;
  for (const Labels& s : sequences) {
    total += static_cast<int64_t>(s.size());
    longest = std::max(longest, static_cast<int64_t>(s.size()));
  }
  RETURN_IF_ERROR(c.allocate_output(first, Shape{total, 2}));
  RETURN_IF_ERROR(c.allocate_output(first + step, Shape{total}));
  int64_t* places = c.output(first).data<int64_t>();
  int64_t* values = c.output(first + step).data<int64_t>();
  for (size_t b = 0; b < sequences.size(); ++b) {
    for (size_t i = 0; i < sequences[b].size(); ++i) {
      *places++ = static_cast<int64_t>(b);
      *places++ = static_cast<int64_t>(i);
      *values++ = sequences[b][i];
    }
  }
  int64_t* shape = c.output(first + 2 * step).data<int64_t>();
  shape[0] = static_cast<int64_t>(sequences.size());
  shape[1] = longest;
  return OkStatus();
}

// The most likely class of each step.
template <typename T>
class GreedyDecoder : public Kernel {
 public:
  explicit GreedyDecoder(KernelInit& c) : merge_(c.attr<bool>("merge_repeated")) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_lengths(c));
    const Tensor& x = c.input(0);
    const int64_t batch = x.dim(1), classes = x.dim(2);
    std::vector<Labels> sequences(batch);
    for (int64_t b = 0; b < batch; ++b) {
      T sum = 0;
      int64_t previous = -1;
      for (int64_t t = 0; t < c.input(1).data<int32_t>()[b]; ++t) {
        const T* logits = x.data<T>() + (t * batch + b) * classes;
        const int64_t best = std::max_element(logits, logits + classes) - logits;
        sum += -logits[best];
        if (best != classes - 1 && !(merge_ && best == previous)) sequences[b].push_back(best);
        previous = best;
      }
      c.output(3).data<T>()[b] = sum;
    }
    return put_sequences(c, sequences, 0, 1);
  }

 private:
  const bool merge_;
};

template <typename T>
T log_sum(T a, T b) {
  constexpr T kZero = -std::numeric_limits<T>::infinity();
  if (a == kZero) return b;
  if (b == kZero) return a;
  return a > b ? a + std::log1p(std::exp(b - a)) : b + std::log1p(std::exp(a - b));
}

// The search over one sequence: prefixes in a tree, of which the `width` most likely are kept after each step.
template <typename T>
class BeamSearch {
  static constexpr T kLogZero = -std::numeric_limits<T>::infinity();
  // Of a prefix: the probability that its last step was a blank, its last label, or either.
  struct Probability {
    T total = kLogZero, blank = kLogZero, label = kLogZero;
  };
  struct Prefix {
    Prefix* parent = nullptr;
    int64_t label = -1;
    Probability before, now;
    std::map<int64_t, std::unique_ptr<Prefix>> longer;
    bool active() const { return now.total != kLogZero; }
  };

 public:
  BeamSearch(int64_t classes, int64_t width) : classes_(classes), width_(width) {
    root_.now = {0, 0, kLogZero};
    beam_.push_back(&root_);
  }

  void step(const T* logits) {
    const T top = *std::max_element(logits, logits + classes_);
    T sum = 0;
    for (int64_t k = 0; k < classes_; ++k) sum += std::exp(logits[k] - top);
    const T shift = top + std::log(sum);
    const int64_t blank = classes_ - 1;
    std::vector<Prefix*> prefixes = std::move(beam_);
    sort(prefixes);
    beam_.clear();
    for (Prefix* p : prefixes) p->before = p->now;
    for (Prefix* p : prefixes) {
      if (p->parent != nullptr) {
        if (p->parent->active()) {
          const T previous = p->label == p->parent->label ? p->parent->before.blank : p->parent->before.total;
          p->now.label = log_sum(p->now.label, previous);
        }
        p->now.label += logits[p->label] - shift;
      }
      p->now.blank = p->before.total + logits[blank] - shift;
      p->now.total = log_sum(p->now.blank, p->now.label);
      beam_.push_back(p);
    }
    for (Prefix* p : prefixes) {
      if (!is_candidate(p->before.total)) continue;
      for (int64_t k = 0; k < blank; ++k) {
        auto& slot = p->longer[k];
        if (slot == nullptr) {
          slot = std::make_unique<Prefix>();
          slot->parent = p;
          slot->label = k;
        }
        if (slot->active()) continue;
        const T previous = k == p->label ? p->before.blank : p->before.total;
        slot->now.blank = kLogZero;
        slot->now.label = slot->now.total = logits[k] - shift + previous;
        if (!is_candidate(slot->now.total)) {
          slot->before = slot->now = {};
          continue;
        }
        if (static_cast<int64_t>(beam_.size()) == width_) {
          const auto worst = worst_of_beam();
          (*worst)->now = {};
          beam_.erase(worst);
        }
        beam_.push_back(slot.get());
      }
    }
  }

  // The best `n` label sequences and their log probabilities. InvalidArgument: there are less.
  Status best(int64_t n, bool merge_repeated, std::vector<Labels>* sequences, std::vector<T>* log_probabilities) {
    if (n > static_cast<int64_t>(beam_.size())) return invalid_argument("Less leaves in the beam search than requested.");
    sort(beam_);
    for (int64_t i = 0; i < n; ++i) {
      Labels labels;
      int64_t next = -1;
      for (const Prefix* p = beam_[i]; p->parent != nullptr; p = p->parent) {
        if (!merge_repeated || p->label != next) labels.push_back(p->label);
        next = p->label;
      }
      std::reverse(labels.begin(), labels.end());
      sequences->push_back(std::move(labels));
      log_probabilities->push_back(beam_[i]->now.total);
    }
    return OkStatus();
  }

 private:
  static void sort(std::vector<Prefix*>& prefixes) {
    std::stable_sort(prefixes.begin(), prefixes.end(), [](const Prefix* a, const Prefix* b) { return a->now.total > b->now.total; });
  }
  typename std::vector<Prefix*>::iterator worst_of_beam() {
    return std::min_element(beam_.begin(), beam_.end(), [](const Prefix* a, const Prefix* b) { return a->now.total < b->now.total; });
  }
  bool is_candidate(T total) {
    return total > kLogZero && (static_cast<int64_t>(beam_.size()) < width_ || total > (*worst_of_beam())->now.total);
  }

  const int64_t classes_, width_;
  Prefix root_;
  std::vector<Prefix*> beam_;
};

template <typename T>
class BeamSearchDecoder : public Kernel {
 public:
  explicit BeamSearchDecoder(KernelInit& c)
      : width_(c.attr<int64_t>("beam_width")), paths_(c.attr<int64_t>("top_paths")), merge_(c.attr<bool>("merge_repeated")) {
    if (paths_ > width_) c.fail(invalid_argument("requested more paths than the beam width."));
  }
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_lengths(c));
    const Tensor& x = c.input(0);
    const int64_t batch = x.dim(1), classes = x.dim(2);
    std::vector<std::vector<Labels>> by_path(paths_, std::vector<Labels>(batch));
    T* log_probability = c.output(static_cast<int>(3 * paths_)).data<T>();
    for (int64_t b = 0; b < batch; ++b) {
      BeamSearch<T> search(classes, width_);
      for (int64_t t = 0; t < c.input(1).data<int32_t>()[b]; ++t) search.step(x.data<T>() + (t * batch + b) * classes);
      std::vector<Labels> sequences;
      std::vector<T> probabilities;
      RETURN_IF_ERROR(search.best(paths_, merge_, &sequences, &probabilities));
      for (int64_t p = 0; p < paths_; ++p) {
        by_path[p][b] = std::move(sequences[p]);
        log_probability[b * paths_ + p] = probabilities[p];
      }
    }
    for (int p = 0; p < paths_; ++p) RETURN_IF_ERROR(put_sequences(c, by_path[p], p, static_cast<int>(paths_)));
    return OkStatus();
  }

 private:
  const int64_t width_, paths_;
  const bool merge_;
};

Status decoder_shape(ShapeContext& c) {
  if (c.concrete()) {
    if (c.input(0).rank() != 3) return invalid_argument("inputs is not a 3-Tensor");
    if (c.input(1).rank() != 1) return invalid_argument("sequence_length is not a vector");
    if (c.input(0).dim(1) != c.input(1).dim(0)) {
      return failed_precondition("len(sequence_length) != batch_size.  len(sequence_length):  {} batch_size: {}", c.input(1).dim(0),
                                 c.input(0).dim(1));
    }
    if (c.input(0).dim(2) == 0) return invalid_argument("num_classes must not be 0");
  }
  Shape x, lengths;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 3, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &lengths));
  int64_t batch;
  RETURN_IF_ERROR(c.merge_dim(x.dim(1), lengths.dim(0), &batch));
  const int paths = static_cast<int>(c.attr_or<int64_t>("top_paths", 1));
  for (int p = 0; p < paths; ++p) {
    c.set_output(p, {Shape::kUnknown, 2});
    c.set_output(paths + p, {Shape::kUnknown});
    c.set_output(2 * paths + p, {2});
  }
  c.set_output(3 * paths, {batch, paths});
  return OkStatus();
}

REFLOW_OP("CTCGreedyDecoder")
    .input("inputs: T")
    .input("sequence_length: int32")
    .output("decoded_indices: int64")
    .output("decoded_values: int64")
    .output("decoded_shape: int64")
    .output("log_probability: T")
    .attr("merge_repeated: bool = false")
    .attr("T: {float, double} = DT_FLOAT")
    .doc("The most likely class of each step of inputs (logits) [time, batch, classes], without blanks (the last class), as a "
         "SparseTensor; and the negative sum of their logits.")
    .shape(decoder_shape)
    .kernel<GreedyDecoder>(kCpu, kFloat32And64)
    .not_differentiable();

REFLOW_OP("CTCBeamSearchDecoder")
    .input("inputs: T")
    .input("sequence_length: int32")
    .output("decoded_indices: top_paths * int64")
    .output("decoded_values: top_paths * int64")
    .output("decoded_shape: top_paths * int64")
    .output("log_probability: T")
    .attr("beam_width: int >= 1")
    .attr("top_paths: int >= 1")
    .attr("merge_repeated: bool = true")
    .attr("T: {float, double} = DT_FLOAT")
    .doc("The top_paths most likely label sequences for inputs (logits) [time, batch, classes], of which beam_width are followed at "
         "a time, as SparseTensors; and the logarithms of their probabilities.")
    .shape(decoder_shape)
    .kernel<BeamSearchDecoder>(kCpu, kFloat32And64)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
