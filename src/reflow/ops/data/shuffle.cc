// ShuffleDataset and ShuffleAndRepeatDataset: elements in random order, that of TensorFlow for the same seeds.

#include "reflow/ops/data/shuffle.h"

#include <deque>
#include <optional>

#include "reflow/base/philox.h"
#include "reflow/data/dataset_op.h"
#include "reflow/op/distributions.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct ShuffleDataset::SeedStream : public Resource {
  static constexpr std::string_view kTypeName = "N10tensorflow4data19RandomSeedGeneratorE";
  explicit SeedStream(Seeds seeds) : words(Philox(static_cast<uint64_t>(seeds.seed), static_cast<uint64_t>(seeds.seed2))) {}
  std::string debug_string() const override { return "RandomSeedGenerator"; }
  Seeds next() {
    const std::lock_guard lock(mutex);
    const int64_t seed = words();
    return {seed, words()};
  }
  std::mutex mutex;
  PhiloxWords words;
};

class ShuffleDataset::Pass : public TransformingIterator<ShuffleDataset> {
 public:
  using TransformingIterator::TransformingIterator;

  Status initialize(IteratorContext& c) override {
    Seeds seeds = c.iteration().seeds_of(dataset(), dataset().seeds_);
    if (dataset().stream_ != nullptr) {
      seeds = dataset().stream_->next();
    } else if (dataset().reshuffles_) {
      seeds = c.iteration().kept<SeedStream>(prefix(), [&] { return std::make_shared<SeedStream>(seeds); })->next();
    }
    words_.emplace(Philox(static_cast<uint64_t>(seeds.seed), static_cast<uint64_t>(seeds.seed2)));
    slices_.push_back({0, 0});
    return dataset().count_ == 0 ? OkStatus() : restart(c);
  }

  Status next(IteratorContext& c, Element* element, bool* end) override {
    while (has_input() && num_elements_ < dataset().buffer_size_) {
      Element loaded;
      bool more = false;
      RETURN_IF_ERROR(load(c, &loaded, &more));
      if (!more) {
        drop_input();
        break;
      }
      put(slices_.back().end++, std::move(loaded));
      if (++num_elements_ % 1024 == 0) RETURN_IF_ERROR(c.check());
    }
    *end = num_elements_ == 0;
    if (*end) return OkStatus();
    while (slices_.front().begin == slices_.front().end) slices_.pop_front();
    Slice& slice = slices_.front();
    const uint64_t chosen = slice.begin + (*words_)() % (slice.end - slice.begin);
    *element = std::move(at(chosen));
    std::swap(at(chosen), at(slice.begin));
    ++slice.begin;
    --num_elements_;
    return OkStatus();
  }

 private:
  // Elements of one pass over the input, counted from the first of all.
  struct Slice {
    uint64_t begin, end;
  };

  // The next element of the input, of as many passes as are wanted.
  Status load(IteratorContext& c, Element* loaded, bool* more) {
    *more = false;
    while (dataset().count_ < 0 || epoch_ < dataset().count_) {
      bool input_end = false;
      RETURN_IF_ERROR(input().next(c, loaded, &input_end));
      if (!input_end) {
        *more = produced_ = true;
        return OkStatus();
      }
      if (!produced_ && dataset().count_ < 0) return OkStatus();  // of nothing without end there is nothing
      ++epoch_;
      slices_.push_back({slices_.back().end, slices_.back().end});
      RETURN_IF_ERROR(restart(c));  // after the last one, too, as in TensorFlow: a pass below may draw seeds
      RETURN_IF_ERROR(c.check());
    }
    return OkStatus();
  }

  // The buffer is a ring that grows to its size as it is filled; it is full before it is first gone round.
  Element& at(uint64_t number) { return buffer_[number % static_cast<uint64_t>(dataset().buffer_size_)]; }
  void put(uint64_t number, Element element) {
    const uint64_t place = number % static_cast<uint64_t>(dataset().buffer_size_);
    if (place == buffer_.size()) buffer_.push_back(std::move(element));
    else buffer_[place] = std::move(element);
  }

  std::optional<PhiloxWords> words_;
  std::vector<Element> buffer_;
  std::deque<Slice> slices_;
  int64_t num_elements_ = 0, epoch_ = 0;
  bool produced_ = false;
};

int64_t ShuffleDataset::cardinality() const {
  const int64_t n = input()->cardinality();
  if (count_ == 1 || n <= 0) return n;
  int64_t product;
  return count_ < 0 ? kInfinite : __builtin_mul_overflow(n, count_, &product) ? kUnknown : product;
}

Status ShuffleDataset::check_saveable() const {
  if (stream_ == nullptr) return OkStatus();
  return failed_precondition("ShuffleDatasetOp({})::ReshufflingDataset depends on random seed generator resource.", buffer_size_);
}

std::unique_ptr<Iterator> ShuffleDataset::make_iterator(std::string prefix) const {
  return std::make_unique<Pass>(this, std::move(prefix));
}

namespace {

StatusOr<DatasetRef> make_shuffle(KernelContext& c, ElementSpec spec, bool reshuffles, int64_t count) {
  ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
  ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 1, "buffer_size"));
  if (buffer_size <= 0) return invalid_argument("buffer_size must be greater than zero.");
  ASSIGN_OR_RETURN(const int64_t seed, scalar_input<int64_t>(c, 2, "seed"));
  ASSIGN_OR_RETURN(const int64_t seed2, scalar_input<int64_t>(c, 3, "seed2"));
  ShuffleDataset::Seeds seeds{seed, seed2};
  const bool drawn = seed == 0 && seed2 == 0;
  if (drawn) seeds = {static_cast<int64_t>(system_random()), static_cast<int64_t>(system_random())};
  return std::make_shared<ShuffleDataset>(std::move(spec), std::move(input), buffer_size, seeds, drawn, reshuffles,
                                          count);
}

class ShuffleKernel : public DatasetKernel {
 public:
  explicit ShuffleKernel(KernelInit& c) : DatasetKernel(c), reshuffles_(c.attr<bool>("reshuffle_each_iteration")) {}
  StatusOr<DatasetRef> make(KernelContext& c) override { return make_shuffle(c, spec(), reshuffles_, 1); }

 private:
  const bool reshuffles_;
};

class ShuffleAndRepeatKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(const int64_t count, scalar_input<int64_t>(c, 4, "count"));
    if (count < -1 || count == 0) return invalid_argument("count must be greater than zero or equal to -1.");
    return make_shuffle(c, spec(), false, count);
  }
};

class SeedGenerator : public Kernel {
 public:
  explicit SeedGenerator(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const int64_t seed, scalar_input<int64_t>(c, 0, "seed"));
    ASSIGN_OR_RETURN(const int64_t seed2, scalar_input<int64_t>(c, 1, "seed2"));
    ShuffleDataset::Seeds seeds{seed, seed2};
    if (seed == 0 && seed2 == 0) seeds = {static_cast<int64_t>(system_random()), static_cast<int64_t>(system_random())};
    ResourceName name;
    name.container = c.resources().default_container();
    name.name = "AnonymousRandomSeedGenerator";
    auto stream = std::make_shared<ShuffleDataset::SeedStream>(seeds);
    c.set_output(0, Tensor::scalar(make_resource_handle(*c.env().device, name, std::move(stream))));
    c.set_output(1, Tensor::scalar(Variant()));  // nothing to delete: the handle does it all
    return OkStatus();
  }
};

class DeleteSeedGenerator : public Kernel {
 public:
  explicit DeleteSeedGenerator(KernelInit&) {}
  Status compute(KernelContext& c) override { return resource_at<ShuffleDataset::SeedStream>(c, 0).status(); }
};

class ShuffleV2Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int64_t buffer_size, scalar_input<int64_t>(c, 1, "buffer_size"));
    if (buffer_size <= 0) return invalid_argument("buffer_size must be greater than zero.");
    ASSIGN_OR_RETURN(std::shared_ptr<ShuffleDataset::SeedStream> stream, resource_at<ShuffleDataset::SeedStream>(c, 2));
    auto shuffled = std::make_shared<ShuffleDataset>(spec(), std::move(input), buffer_size, ShuffleDataset::Seeds(), false,
                                                     true, 1);
    shuffled->set_stream(std::move(stream));
    return shuffled;
  }
};

REFLOW_OP("AnonymousRandomSeedGenerator")
    .input("seed: int64")
    .input("seed2: int64")
    .output("handle: resource")
    .output("deleter: variant")
    .stateful()
    .doc("A handle to a stream of seeds, which ends with it. Seeds 0 and 0 mean seeds from the system.")
    .shape(scalar_shape)
    .kernel<SeedGenerator>(kCpu)
    .sets_outputs();

REFLOW_OP("DeleteRandomSeedGenerator")
    .input("handle: resource")
    .input("deleter: variant")
    .stateful()
    .doc("Says that the stream of seeds isn't needed any more. It ends with its last handle.")
    .shape(no_outputs)
    .kernel<DeleteSeedGenerator>(kCpu);

const OpRegistrar shuffle_v2(dataset_op("ShuffleDatasetV2")
                                 .input("input_dataset: variant")
                                 .input("buffer_size: int64")
                                 .input("seed_generator: resource")
                                 .output("handle: variant") REFLOW_ELEMENT_ATTRS
                                 .stateful()
                                 .doc("The elements of the input in random order, as ShuffleDataset has it, in another one in "
                                      "each pass, of all iterations: the seeds are from `seed_generator`.")
                                 .kernel<ShuffleV2Kernel>(kCpu));

const OpRegistrar shuffle(dataset_op("ShuffleDataset")
                              .input("input_dataset: variant")
                              .input("buffer_size: int64")
                              .input("seed: int64")
                              .input("seed2: int64")
                              .output("handle: variant")
                              .attr("reshuffle_each_iteration: bool = true") REFLOW_ELEMENT_ATTRS
                              .doc("The elements of the input in random order: each is taken from `buffer_size` of them. The "
                                   "order is another one in each pass with `reshuffle_each_iteration`. Seeds 0 and 0 mean "
                                   "seeds from the system.")
                              .kernel<ShuffleKernel>(kCpu));

const OpRegistrar shuffle_and_repeat(dataset_op("ShuffleAndRepeatDataset")
                                         .input("input_dataset: variant")
                                         .input("buffer_size: int64")
                                         .input("seed: int64")
                                         .input("seed2: int64")
                                         .input("count: int64")
                                         .output("handle: variant") REFLOW_ELEMENT_ATTRS
                                         .doc("The elements of the input `count` times (-1: without end) in random order, as "
                                              "ShuffleDataset has it. The buffer is kept full across the ends of the input, "
                                              "whose passes don't mix.")
                                         .kernel<ShuffleAndRepeatKernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
