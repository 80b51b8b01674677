// The ops of old word2vec programs: Skipgram reads a text and gives words with words near them, NegTrain trains on these by
// negative sampling. Mikolov and others, Distributed representations of words and phrases, 2013. As in TensorFlow the
// random choices come from the system, and differ from run to run.

#include <algorithm>
#include <cmath>
#include <mutex>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/io/file.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The words of a text as numbers, and pairs of words near each other, epoch after epoch.
class Corpus {
 public:
  struct Options {
    int64_t window_size, min_count;
    float subsample;
  };
  explicit Corpus(const Options& options) : options_(options), random_(std::random_device()()) {}

  // InvalidArgument: there are no words.
  Status read(const std::string& filename);
  const std::vector<std::string>& words() const { return words_; }
  const std::vector<int32_t>& counts() const { return counts_; }
  int64_t size() const { return static_cast<int64_t>(text_.size()); }
  int32_t epoch() const { return epoch_; }
  int64_t words_processed() const { return words_processed_; }

  struct Pair {
    int32_t example, label;
  };
  Pair next() {
    if (used_ == static_cast<int>(pairs_.size())) {
      for (Pair& pair : pairs_) pair = make_pair();
      used_ = 0;
    }
    return pairs_[used_++];
  }

 private:
  static constexpr int kPairsAhead = 3000, kSentence = 1000;
  Pair make_pair();
  void next_sentence();

  const Options options_;
  std::mt19937 random_;
  std::vector<std::string> words_;  // the most frequent first; number 0 stands for those that are too rare
  std::vector<int32_t> counts_, text_, sentence_ = std::vector<int32_t>(kSentence);
  std::vector<Pair> pairs_ = std::vector<Pair>(kPairsAhead);
  int used_ = kPairsAhead;
  int64_t position_ = 0, words_processed_ = 0;
  int32_t epoch_ = -1;
  int word_ = kSentence, label_ = 0, label_end_ = 0;  // in the sentence
};

Status Corpus::read(const std::string& filename) {
  ASSIGN_OR_RETURN(const std::string text, io::read_file(filename));
  std::vector<std::string> all;
  std::unordered_map<std::string, int32_t> frequency;
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  for (auto at = text.begin(); (at = std::find_if_not(at, text.end(), is_space)) != text.end();) {
    const auto end = std::find_if(at, text.end(), is_space);
    all.emplace_back(at, end);
    ++frequency[all.back()];
    at = end;
  }
  if (all.size() < static_cast<size_t>(options_.window_size * 10)) {
    return invalid_argument("The text file {} contains too little data: {} words", filename, all.size());
  }
  std::vector<std::pair<std::string, int32_t>> frequent;
  for (const auto& entry : frequency) {
    if (entry.second >= options_.min_count) frequent.emplace_back(entry);
  }
  std::ranges::sort(frequent, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  words_ = {"UNK"};
  counts_ = {static_cast<int32_t>(all.size())};
  std::unordered_map<std::string, int32_t> number;
  for (const auto& [word, count] : frequent) {
    number.emplace(word, static_cast<int32_t>(words_.size()));
    words_.push_back(word);
    counts_.push_back(count);
    counts_[0] -= count;
  }
  for (const std::string& word : all) {
    const auto it = number.find(word);
    text_.push_back(it == number.end() ? 0 : it->second);
  }
  position_ = size();
  return OkStatus();
}

void Corpus::next_sentence() {
  const float threshold = options_.subsample * static_cast<float>(size());
  for (int i = 0; i < kSentence; ++position_) {
    if (position_ >= size()) {
      ++epoch_;
      position_ = 0;
    }
    const int32_t word = text_[position_];
    if (options_.subsample > 0) {
      // Frequent words are left out now and then: equation 5 of the paper, as its authors' program has it.
      const float count = static_cast<float>(counts_[word]);
      const float keep = (std::sqrt(count / threshold) + 1) * threshold / count;
      if (std::uniform_real_distribution<float>()(random_) > keep) continue;
    }
    sentence_[i++] = word;
  }
}

Corpus::Pair Corpus::make_pair() {
  while (true) {
    if (label_ >= label_end_) {
      ++words_processed_;
      if (++word_ >= kSentence) {
        word_ = 0;
        next_sentence();
      }
      const int skip = 1 + std::uniform_int_distribution<int>(0, static_cast<int>(options_.window_size) - 1)(random_);
      label_ = std::max(0, word_ - skip);
      label_end_ = std::min(kSentence, word_ + skip + 1);
    }
    if (label_ != word_) break;
    ++label_;
  }
  return {sentence_[word_], sentence_[label_++]};
}

class Skipgram : public Kernel {
 public:
  explicit Skipgram(KernelInit& c)
      : batch_size_(c.attr<int64_t>("batch_size")),
        corpus_({c.attr<int64_t>("window_size"), c.attr<int64_t>("min_count"), c.attr<float>("subsample")}) {
    constexpr int64_t kMaxWindow = 1000;
    const int64_t window = c.attr<int64_t>("window_size");
    if (batch_size_ < 0) c.fail(invalid_argument("batch_size must not be negative, got {}", batch_size_));
    if (window < 1 || window > kMaxWindow) c.fail(invalid_argument("window_size must be from 1 to {}, got {}", kMaxWindow, window));
    else if (const Status status = corpus_.read(c.attr<std::string>("filename")); !status.ok()) c.fail(status);
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    const Shape words{static_cast<int64_t>(corpus_.words().size())};
    RETURN_IF_ERROR(c.allocate_output(0, words));
    RETURN_IF_ERROR(c.allocate_output(1, words));
    RETURN_IF_ERROR(c.allocate_output(5, Shape{batch_size_}));
    RETURN_IF_ERROR(c.allocate_output(6, Shape{batch_size_}));
    std::ranges::copy(corpus_.words(), c.output(0).data<std::string>());
    std::ranges::copy(corpus_.counts(), c.output(1).data<int32_t>());
    for (int64_t i = 0; i < batch_size_; ++i) {
      const auto [example, label] = corpus_.next();
      c.output(5).data<int32_t>()[i] = example;
      c.output(6).data<int32_t>()[i] = label;
    }
    *c.output(2).data<int64_t>() = corpus_.size();
    *c.output(3).data<int32_t>() = corpus_.epoch();
    *c.output(4).data<int64_t>() = corpus_.words_processed();
    return OkStatus();
  }

 private:
  const int64_t batch_size_;
  std::mutex mutex_;
  Corpus corpus_;
};

Status skipgram_shape(ShapeContext& c) {
  for (const int scalar : {2, 3, 4}) c.set_output(scalar, Shape{});
  for (const int vector : {0, 1, 5, 6}) c.set_output(vector, Shape::unknown());
  return OkStatus();
}

class NegTrain : public Kernel {
 public:
  explicit NegTrain(KernelInit& c) : num_samples_(c.attr<int64_t>("num_negative_samples")), random_(std::random_device()()) {
    std::vector<double> weights;
    for (const int64_t count : c.attr<std::vector<int64_t>>("vocab_count")) {
      weights.push_back(std::pow(static_cast<double>(std::max<int64_t>(count, 0)), 0.75));
    }
    num_words_ = static_cast<int64_t>(weights.size());
    if (num_samples_ < 0) c.fail(invalid_argument("num_negative_samples must not be negative, got {}", num_samples_));
    if (std::ranges::none_of(weights, [](double w) { return w > 0; })) c.fail(invalid_argument("vocab_count has no word"));
    else sampler_ = std::discrete_distribution<int32_t>(weights.begin(), weights.end());
  }

  Status compute(KernelContext& c) override {
    if (&c.ref(0) == &c.ref(1)) return invalid_argument("w_in and w_out are the same variable");
    const std::scoped_lock lock(c.ref(0).mutex, c.ref(1).mutex, mutex_);
    Tensor &w_in = c.ref(0).tensor, &w_out = c.ref(1).tensor;
    if (!w_in.valid() || !w_out.valid()) return failed_precondition("w_in and w_out have to be initialized");
    if (w_in.rank() != 2) return invalid_argument("Must be a matrix");
    if (!(w_in.shape() == w_out.shape())) return invalid_argument("w_in.shape == w_out.shape");
    const Tensor &examples = c.input(2), &labels = c.input(3);
    if (examples.rank() != 1) return invalid_argument("Must be a vector");
    if (!(examples.shape() == labels.shape())) return invalid_argument("examples.shape == labels.shape");
    if (c.input(4).rank() != 0) return invalid_argument("Must be a scalar");
    const int64_t words = std::min(w_in.dim(0), num_words_), size = w_in.dim(1);
    const float rate = c.input(4).item<float>();
    std::vector<float> change(size);
    for (int64_t i = 0; i < examples.dim(0); ++i) {
      const int32_t example = examples.data<int32_t>()[i], label = labels.data<int32_t>()[i];
      if (example < 0 || example >= words || label < 0 || label >= words) {
        return invalid_argument("examples and labels have to be words from 0 to {}, got {} and {}", words, example, label);
      }
      float* in = w_in.data<float>() + example * size;
      std::ranges::fill(change, 0.0f);
      // Towards the word that is there: g = sigmoid(-x). Away from those that aren't: g = -sigmoid(x).
      step(in, w_out.data<float>() + label * size, 1, rate, &change);
      for (int64_t k = 0; k < num_samples_; ++k) {
        const int32_t sample = sampler_(random_);
        if (sample != label && sample < words) step(in, w_out.data<float>() + sample * size, -1, rate, &change);
      }
      for (int64_t d = 0; d < size; ++d) in[d] += change[d];
    }
    return OkStatus();
  }

 private:
  static void step(const float* in, float* out, float sign, float rate, std::vector<float>* change) {
    float dot = 0;
    for (size_t d = 0; d < change->size(); ++d) dot += in[d] * out[d];
    const float g = sign / (std::exp(sign * dot) + 1.0f) * rate;
    for (size_t d = 0; d < change->size(); ++d) {
      (*change)[d] += out[d] * g;
      out[d] += in[d] * g;
    }
  }

  const int64_t num_samples_;
  int64_t num_words_ = 0;
  std::mutex mutex_;
  std::mt19937 random_;
  std::discrete_distribution<int32_t> sampler_;
};

constexpr const char* kDeprecation =
    "Moving word2vec into tensorflow_models/tutorials and deprecating its ops here as a result";

REFLOW_OP("Skipgram")
    .output("vocab_word: string")
    .output("vocab_freq: int32")
    .output("words_per_epoch: int64")
    .output("current_epoch: int32")
    .output("total_words_processed: int64")
    .output("examples: int32")
    .output("labels: int32")
    .attr("filename: string")
    .attr("batch_size: int")
    .attr("window_size: int = 5")
    .attr("min_count: int = 5")
    .attr("subsample: float = 0.001")
    .stateful()
    .deprecated(19, kDeprecation)
    .doc("The next pairs of words that are near each other in a text file, as numbers of its words, which are sorted by how often they "
         "occur.")
    .shape(skipgram_shape)
    .kernel<Skipgram>(kCpu)
    .not_differentiable();

REFLOW_OP("NegTrain")
    .input("w_in: Ref(float)")
    .input("w_out: Ref(float)")
    .input("examples: int32")
    .input("labels: int32")
    .input("lr: float")
    .attr("vocab_count: list(int)")
    .attr("num_negative_samples: int")
    .stateful()
    .deprecated(19, kDeprecation)
    .doc("Trains the vectors of words, w_in and w_out, on pairs of words by negative sampling.")
    .shape(no_outputs)
    .kernel<NegTrain>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
