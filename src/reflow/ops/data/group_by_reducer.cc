// GroupByReducerDataset: one element for each key, reduced from all elements that have it.

#include <map>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct Functions {
  CapturedFunction key, init, reduce, finalize;
};

class GroupByReducerDataset : public Transformation<GroupByReducerDataset> {
 public:
  GroupByReducerDataset(ElementSpec spec, DatasetRef input, Functions functions)
      : Transformation("GroupByReducer", std::move(spec), std::move(input)), functions_(std::move(functions)) {}

 private:
  class Pass : public TransformingIterator<GroupByReducerDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(key_, dataset().functions_.key.instantiate(c));
      ASSIGN_OR_RETURN(init_, dataset().functions_.init.instantiate(c));
      ASSIGN_OR_RETURN(reduce_, dataset().functions_.reduce.instantiate(c));
      ASSIGN_OR_RETURN(finalize_, dataset().functions_.finalize.instantiate(c));
      return restart(c);
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      while (has_input()) {
        RETURN_IF_ERROR(take_in(c));
        RETURN_IF_ERROR(c.check());
      }
      *end = states_.empty();
      if (*end) return OkStatus();
      const auto first = states_.begin();
      Element state = std::move(first->second);
      states_.erase(first);
      ASSIGN_OR_RETURN(*element, finalize_.call(c, std::move(state)));
      return check_types(*element, dataset().spec());
    }

   private:
    Status take_in(IteratorContext& c) {
      Element element;
      bool end = false;
      RETURN_IF_ERROR(input().next(c, &element, &end));
      if (end) {
        drop_input();
        return OkStatus();
      }
      ASSIGN_OR_RETURN(const Element key, key_.call(c, element));
      if (key.size() != 1 || key[0].dtype() != DType::kInt64 || key[0].num_elements() != 1) {
        return invalid_argument("`key_func` must return a scalar int64.");
      }
      auto state = states_.find(key[0].item<int64_t>());
      if (state == states_.end()) {
        ASSIGN_OR_RETURN(Element begun, init_.call(c, key));
        state = states_.emplace(key[0].item<int64_t>(), std::move(begun)).first;
      }
      Element arguments = state->second;
      for (Tensor& component : element) arguments.push_back(std::move(component));
      ASSIGN_OR_RETURN(state->second, reduce_.call(c, std::move(arguments)));
      return OkStatus();
    }

    CapturedFunction::Instance key_, init_, reduce_, finalize_;
    std::map<int64_t, Element> states_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  Functions functions_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), key_(c, "key_func", "Tkey_func_other_arguments"),
        init_(c, "init_func", "Tinit_func_other_arguments"),
        reduce_(c, "reduce_func", "Treduce_func_other_arguments"),
        finalize_(c, "finalize_func", "Tfinalize_func_other_arguments") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    const int init = 1 + key_.num_captured(), reduce = init + init_.num_captured();
    const int finalize = reduce + reduce_.num_captured();
    return std::make_shared<GroupByReducerDataset>(
        spec(), std::move(input),
        Functions{key_.with_captured(c, 1), init_.with_captured(c, init), reduce_.with_captured(c, reduce),
                  finalize_.with_captured(c, finalize)});
  }

 private:
  const FunctionAttr key_, init_, reduce_, finalize_;
};

OpBuilder group_by_reducer_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("key_func_other_arguments: Tkey_func_other_arguments")
      .input("init_func_other_arguments: Tinit_func_other_arguments")
      .input("reduce_func_other_arguments: Treduce_func_other_arguments")
      .input("finalize_func_other_arguments: Tfinalize_func_other_arguments")
      .output("handle: variant")
      .attr("key_func: func")
      .attr("init_func: func")
      .attr("reduce_func: func")
      .attr("finalize_func: func")
      .attr("Tkey_func_other_arguments: list(type) >= 0")
      .attr("Tinit_func_other_arguments: list(type) >= 0")
      .attr("Treduce_func_other_arguments: list(type) >= 0")
      .attr("Tfinalize_func_other_arguments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("For each `key_func` of the elements, in ascending order, what `finalize_func` makes of a state: it begins with "
           "`init_func` of the key, and goes on with `reduce_func` of the state and each element in turn.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar group_by_reducer(group_by_reducer_op("GroupByReducerDataset"));
const OpRegistrar experimental_group_by_reducer(group_by_reducer_op("ExperimentalGroupByReducerDataset"));

}  // namespace
}  // namespace reflow::ops
