// FlatMapDataset and the InterleaveDatasets: the elements of the datasets that a function makes of each element.

#include <limits>
#include <optional>

#include "reflow/data/dataset_op.h"
#include "reflow/ops/data/prefetch.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct Cycle {
  int64_t length = 1, block_length = std::numeric_limits<int64_t>::max();
  int64_t prefetched = 0;  // elements that a thread of each open dataset makes ahead; 0: no threads
};

// Takes from `length` datasets in turn `block_length` elements each; one that has ended gives its place to the next.
class InterleaveDataset : public Transformation<InterleaveDataset> {
 public:
  InterleaveDataset(std::string kind, ElementSpec spec, DatasetRef input, CapturedFunction function, Cycle cycle)
      : Transformation(std::move(kind), std::move(spec), std::move(input)), function_(std::move(function)), cycle_(cycle) {}

 private:
  class Pass : public TransformingIterator<InterleaveDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(function_, dataset().function_.instantiate(c));
      return restart(c);
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      const Cycle& cycle = dataset().cycle_;
      while (has_input() || num_open_ > 0) {
        const size_t place = static_cast<size_t>(place_);
        if (place < open_.size() && open_[place] != nullptr) {
          RETURN_IF_ERROR(open_[place]->next(c, element, end));
          if (!*end) {
            if (++in_block_ == cycle.block_length) go_on();
            return OkStatus();
          }
          open_[place].reset();
          --num_open_;
          go_on();
        } else if (has_input()) {
          RETURN_IF_ERROR(open_next(c, place));
        } else {
          go_on();
        }
        RETURN_IF_ERROR(c.check());
      }
      *end = true;
      return OkStatus();
    }

   private:
    void go_on() {
      in_block_ = 0;
      place_ = (place_ + 1) % dataset().cycle_.length;
      // Behind the places that have ever been used there is nothing to take.
      if (!has_input() && static_cast<size_t>(place_) >= open_.size()) place_ = 0;
    }

    Status open_next(IteratorContext& c, size_t place) {
      Element arguments;
      bool end = false;
      RETURN_IF_ERROR(input().next(c, &arguments, &end));
      if (end) {
        drop_input();
        return OkStatus();
      }
      ASSIGN_OR_RETURN(DatasetRef inner, function_.call_for_dataset(c, std::move(arguments)));
      if (dataset().cycle_.prefetched > 0) inner = prefetched(std::move(inner), dataset().cycle_.prefetched);
      if (open_.size() <= place) open_.resize(place + 1);
      ASSIGN_OR_RETURN(open_[place], inner->iterate(c, fmt::format("{}[{}]", prefix(), num_opened_++)));
      ++num_open_;
      return OkStatus();
    }

    CapturedFunction::Instance function_;
    std::vector<std::unique_ptr<Iterator>> open_;
    int64_t num_open_ = 0, num_opened_ = 0, place_ = 0, in_block_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  CapturedFunction function_;
  Cycle cycle_;
};

class FlatMapKernel : public DatasetKernel {
 public:
  explicit FlatMapKernel(KernelInit& c) : DatasetKernel(c), function_(c, "f") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    return std::make_shared<InterleaveDataset>("FlatMap", spec(), std::move(input), function_.with_captured(c, 1), Cycle());
  }

 private:
  const FunctionAttr function_;
};

class InterleaveKernel : public DatasetKernel {
 public:
  explicit InterleaveKernel(KernelInit& c) : DatasetKernel(c), op_(c.node().type()), function_(c, "f") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    const int first = 1 + function_.num_captured();
    Cycle cycle;
    ASSIGN_OR_RETURN(cycle.length, scalar_input<int64_t>(c, first, "cycle_length"));
    if (cycle.length == -1) cycle.length = c.pool().num_threads();
    ASSIGN_OR_RETURN(cycle.block_length, scalar_input<int64_t>(c, first + 1, "block_length"));
    RETURN_IF_ERROR(check_positive(cycle.length, "cycle_length"));
    RETURN_IF_ERROR(check_positive(cycle.block_length, "block_length"));
    if (op_ == "ParallelInterleaveDatasetV2") {
      ASSIGN_OR_RETURN(const int64_t calls, scalar_input<int64_t>(c, first + 2, "num_parallel_calls"));
      if (calls <= 0 && calls != -1) return invalid_argument("num_parallel_calls must be greater than zero.");
      if (calls > cycle.length) return invalid_argument("num_parallel_calls must less than or equal to cycle_length.");
      cycle.prefetched = cycle.block_length;
    } else if (op_ != "InterleaveDataset") {
      ASSIGN_OR_RETURN(const int64_t buffered, scalar_input<int64_t>(c, first + 3, "buffer_output_elements"));
      if (buffered <= 0) return invalid_argument("`buffer_output_elements` must be > 0");
      ASSIGN_OR_RETURN(const int64_t inputs, scalar_input<int64_t>(c, first + 4, "prefetch_input_elements"));
      if (inputs < 0) return invalid_argument("`prefetch_input_elements` must be >= 0");
      cycle.prefetched = buffered;
    }
    const std::string kind = op_ == "InterleaveDataset" ? "Interleave" : "ParallelInterleave";
    return std::make_shared<InterleaveDataset>(kind, spec(), std::move(input), function_.with_captured(c, 1), cycle);
  }

 private:
  Status check_positive(int64_t value, std::string_view name) const {
    if (value > 0) return OkStatus();
    return op_ == "InterleaveDataset" ? invalid_argument("{} must be greater than zero.", name)
                                      : invalid_argument("`{}` must be > 0", name);
  }
  const std::string op_;
  const FunctionAttr function_;
};

OpBuilder inputs_of(OpBuilder op) {
  return std::move(op).input("input_dataset: variant").input("other_arguments: Targuments");
}

const OpRegistrar flat_map(inputs_of(dataset_op("FlatMapDataset"))
                               .output("handle: variant")
                               .attr("f: func")
                               .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
                               .doc("The elements of the datasets that `f` makes of the elements, one dataset after the other.")
                               .kernel<FlatMapKernel>(kCpu));

const OpRegistrar interleave(inputs_of(dataset_op("InterleaveDataset"))
                                 .input("cycle_length: int64")
                                 .input("block_length: int64")
                                 .output("handle: variant")
                                 .attr("f: func")
                                 .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
                                 .doc("The elements of the datasets that `f` makes of the elements: `block_length` of each in "
                                      "turn, of `cycle_length` datasets at a time.")
                                 .kernel<InterleaveKernel>(kCpu));

const OpRegistrar parallel_interleave_v2(inputs_of(dataset_op("ParallelInterleaveDatasetV2"))
                                             .input("cycle_length: int64")
                                             .input("block_length: int64")
                                             .input("num_parallel_calls: int64")
                                             .output("handle: variant")
                                             .attr("f: func")
                                             .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
                                             .attr("sloppy: bool = false")
                                             .doc("InterleaveDataset with a thread for each of the datasets that are open. The "
                                                  "order stays.")
                                             .kernel<InterleaveKernel>(kCpu));

OpBuilder parallel_interleave_op(std::string_view name) {
  return inputs_of(dataset_op(name))
      .input("cycle_length: int64")
      .input("block_length: int64")
      .input("sloppy: bool")
      .input("buffer_output_elements: int64")
      .input("prefetch_input_elements: int64")
      .output("handle: variant")
      .attr("f: func")
      .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .doc("InterleaveDataset with a thread for each of the datasets that are open, which makes "
           "`buffer_output_elements` ahead. The order stays.")
      .kernel<InterleaveKernel>(kCpu);
}
const OpRegistrar parallel_interleave(parallel_interleave_op("ParallelInterleaveDataset"));
const OpRegistrar experimental_parallel_interleave(parallel_interleave_op("ExperimentalParallelInterleaveDataset"));

}  // namespace
}  // namespace reflow::ops
