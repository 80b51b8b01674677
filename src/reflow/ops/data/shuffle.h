#pragma once

#include "reflow/data/dataset.h"

namespace reflow::ops {

// Elements in random order: of `buffer_size` elements that lie ready one is taken after the other, those of an earlier pass
// over the input first. Streams are TensorFlow's.
class ShuffleDataset : public data::Transformation<ShuffleDataset> {
 public:
  using Seeds = data::Seeds;
  // reshuffles: each pass has seeds of its own, drawn from a stream of `seeds`. count: passes over the input, all shuffled
  // from one stream; -1: without end. drawn: the seeds are from the system.
  ShuffleDataset(data::ElementSpec spec, data::DatasetRef input, int64_t buffer_size, Seeds seeds, bool drawn, bool reshuffles,
                 int64_t count)
      : Transformation("Shuffle", std::move(spec), std::move(input)), buffer_size_(buffer_size), seeds_(seeds), drawn_(drawn),
        reshuffles_(reshuffles), count_(count) {}
  int64_t cardinality() const override;
  const Seeds* drawn_seeds() const override { return drawn_ ? &seeds_ : nullptr; }
  Status check_saveable() const override;

  // Where the passes of all iterations take their seeds from, one after the other.
  struct SeedStream;
  void set_stream(std::shared_ptr<SeedStream> stream) { stream_ = std::move(stream); }

  // Each pass has seeds of its own, from the beginning in each iteration.
  bool reshuffles() const { return reshuffles_ && stream_ == nullptr; }
  // Repeated `count` times, shuffled from one stream.
  data::DatasetRef repeated(int64_t count) const {
    return std::make_shared<ShuffleDataset>(spec(), input(), buffer_size_, seeds_, drawn_, false, count);
  }

 private:
  class Pass;
  std::unique_ptr<data::Iterator> make_iterator(std::string prefix) const override;
  int64_t buffer_size_;
  Seeds seeds_;
  bool drawn_, reshuffles_;
  int64_t count_;
  std::shared_ptr<SeedStream> stream_;  // null: each iteration has its own
};

}  // namespace reflow::ops
