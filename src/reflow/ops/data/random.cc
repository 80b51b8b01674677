// RandomDataset: random numbers without end.

#include <optional>

#include "reflow/base/philox.h"
#include "reflow/data/dataset_op.h"
#include "reflow/op/distributions.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class RandomDataset : public Source {
 public:
  // drawn: the seeds are from the system.
  RandomDataset(ElementSpec spec, Seeds seeds, bool drawn)
      : Source("Random", std::move(spec)), seeds_(seeds), drawn_(drawn) {}
  int64_t cardinality() const override { return kInfinite; }
  const Seeds* drawn_seeds() const override { return drawn_ ? &seeds_ : nullptr; }

 private:
  class Pass : public IteratorOver<RandomDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status initialize(IteratorContext& c) override {
      const Seeds seeds = c.iteration().seeds_of(dataset(), dataset().seeds_);
      words_.emplace(Philox(static_cast<uint64_t>(seeds.seed), static_cast<uint64_t>(seeds.seed2)));
      return OkStatus();
    }
    Status next(IteratorContext&, Element* element, bool* end) override {
      *end = false;
      element->push_back(Tensor::scalar(static_cast<int64_t>((*words_)())));
      return OkStatus();
    }

   private:
    std::optional<PhiloxWords> words_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const Seeds seeds_;
  const bool drawn_;
};

class RandomKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(int64_t seed, scalar_input<int64_t>(c, 0, "seed"));
    ASSIGN_OR_RETURN(int64_t seed2, scalar_input<int64_t>(c, 1, "seed2"));
    const bool drawn = seed == 0 && seed2 == 0;
    if (drawn) {
      seed = static_cast<int64_t>(system_random());
      seed2 = static_cast<int64_t>(system_random());
    }
    return std::make_shared<RandomDataset>(spec(), Seeds{seed, seed2}, drawn);
  }
};

OpBuilder random_op(std::string_view name) {
  return dataset_op(name)
      .input("seed: int64")
      .input("seed2: int64")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("Random numbers without end, from 0 to 2^32 - 1. Seeds 0 and 0 mean seeds from the system.")
      .kernel<RandomKernel>(kCpu);
}
const OpRegistrar random(random_op("RandomDataset"));
const OpRegistrar experimental_random(random_op("ExperimentalRandomDataset"));

}  // namespace
}  // namespace reflow::ops
