#pragma once

#include "reflow/data/dataset.h"

namespace reflow::ops {

// Elements in random order: of `buffer_size` elements that lie ready one is taken after the other, those of an earlier pass
// over the input first. Streams are TensorFlow's.
class ShuffleDataset : public data::Transformation<ShuffleDataset> {
 public:
  struct Seeds {
    int64_t seed, seed2;
  };
  // reshuffles: each pass has seeds of its own, drawn from a stream of `seeds`. count: passes over the input, all shuffled
  // from one stream; -1: without end.
  ShuffleDataset(data::ElementSpec spec, data::DatasetRef input, int64_t buffer_size, Seeds seeds, bool reshuffles, int64_t count)
      : Transformation("Shuffle", std::move(spec), std::move(input)), buffer_size_(buffer_size), seeds_(seeds),
        reshuffles_(reshuffles), count_(count) {}
  int64_t cardinality() const override;

  bool reshuffles() const { return reshuffles_; }
  // Repeated `count` times, shuffled from one stream.
  data::DatasetRef repeated(int64_t count) const {
    return std::make_shared<ShuffleDataset>(spec(), input(), buffer_size_, seeds_, false, count);
  }

 private:
  class Pass;
  std::unique_ptr<data::Iterator> make_iterator(std::string prefix) const override;
  int64_t buffer_size_;
  Seeds seeds_;
  bool reshuffles_;
  int64_t count_;
};

}  // namespace reflow::ops
