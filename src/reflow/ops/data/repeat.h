#pragma once

#include "reflow/data/dataset.h"

namespace reflow::ops {

// `input` passed over `count` times, -1: without end.
class RepeatDataset : public data::Transformation<RepeatDataset> {
 public:
  RepeatDataset(data::ElementSpec spec, data::DatasetRef input, int64_t count)
      : Transformation(count < 0 ? "ForeverRepeat" : count == 0 ? "EmptyRepeat" : "FiniteRepeat", std::move(spec), std::move(input)),
        count_(count) {}
  int64_t count() const { return count_; }
  int64_t cardinality() const override;

 private:
  class Pass;
  std::unique_ptr<data::Iterator> make_iterator(std::string prefix) const override;
  int64_t count_;
};

}  // namespace reflow::ops
