// GroupByWindowDataset: elements with one key, gathered and reduced.

#include <map>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// The elements that have been gathered.
class Group : public Source {
 public:
  Group(ElementSpec spec, std::vector<Element> elements) : Source("Window", std::move(spec)), elements_(std::move(elements)) {}
  int64_t cardinality() const override { return static_cast<int64_t>(elements_.size()); }

 private:
  class Pass : public IteratorOver<Group> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      *end = next_ == dataset().elements_.size();
      if (!*end) *element = dataset().elements_[next_++];
      return OkStatus();
    }

   private:
    size_t next_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<Element> elements_;
};

struct Functions {
  CapturedFunction key, reduce, window_size;
};

class GroupByWindowDataset : public Transformation<GroupByWindowDataset> {
 public:
  GroupByWindowDataset(ElementSpec spec, DatasetRef input, Functions functions)
      : Transformation("GroupByWindow", std::move(spec), std::move(input)), functions_(std::move(functions)) {}

 private:
  class Pass : public TransformingIterator<GroupByWindowDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(key_, dataset().functions_.key.instantiate(c));
      ASSIGN_OR_RETURN(reduce_, dataset().functions_.reduce.instantiate(c));
      ASSIGN_OR_RETURN(window_size_, dataset().functions_.window_size.instantiate(c));
      return restart(c);
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      while (true) {
        if (reduced_ != nullptr) {
          RETURN_IF_ERROR(reduced_->next(c, element, end));
          if (!*end) return OkStatus();
          reduced_.reset();
        }
        if (has_input()) {
          RETURN_IF_ERROR(gather(c));
        } else if (!groups_.empty()) {
          const auto first = groups_.begin();
          const int64_t key = first->first;
          std::vector<Element> elements = std::move(first->second.elements);
          groups_.erase(first);
          RETURN_IF_ERROR(reduce(c, key, std::move(elements)));
        } else {
          *end = true;
          return OkStatus();
        }
        RETURN_IF_ERROR(c.check());
      }
    }

   private:
    struct Gathered {
      int64_t window_size = 0;
      std::vector<Element> elements;
    };

    // Takes elements until there are enough of one key.
    Status gather(IteratorContext& c) {
      while (reduced_ == nullptr) {
        Element element;
        bool end = false;
        RETURN_IF_ERROR(input().next(c, &element, &end));
        if (end) {
          drop_input();
          return OkStatus();
        }
        ASSIGN_OR_RETURN(const Element keys, key_.call(c, element));
        ASSIGN_OR_RETURN(const int64_t key, number(keys, "`key_func` must return a scalar int64."));
        const auto [group, is_new] = groups_.try_emplace(key);
        if (is_new) {
          ASSIGN_OR_RETURN(const Element sizes, window_size_.call(c, keys));
          ASSIGN_OR_RETURN(group->second.window_size, number(sizes, "`window_size_func` must return a scalar int64."));
          if (group->second.window_size <= 0) return invalid_argument("Window size must be greater than zero, but got {}.", group->second.window_size);
        }
        group->second.elements.push_back(std::move(element));
        if (static_cast<int64_t>(group->second.elements.size()) < group->second.window_size) continue;
        std::vector<Element> elements = std::move(group->second.elements);
        groups_.erase(group);
        return reduce(c, key, std::move(elements));
      }
      return OkStatus();
    }

    static StatusOr<int64_t> number(const Element& result, std::string_view rule) {
      if (result.size() != 1 || result[0].dtype() != DType::kInt64 || result[0].num_elements() != 1) return invalid_argument("{}", rule);
      return result[0].item<int64_t>();
    }

    Status reduce(IteratorContext& c, int64_t key, std::vector<Element> elements) {
      auto group = std::make_shared<Group>(dataset().input()->spec(), std::move(elements));
      ASSIGN_OR_RETURN(const DatasetRef made, reduce_.call_for_dataset(c, {Tensor::scalar(key), tensor_of(std::move(group))}));
      RETURN_IF_ERROR(check_compatible(dataset().spec(), made->spec()));
      ASSIGN_OR_RETURN(reduced_, made->iterate(c, fmt::format("{}[{}]", prefix(), num_reduced_++)));
      return OkStatus();
    }

    CapturedFunction::Instance key_, reduce_, window_size_;
    std::map<int64_t, Gathered> groups_;
    std::unique_ptr<Iterator> reduced_;
    int64_t num_reduced_ = 0;
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
        reduce_(c, "reduce_func", "Treduce_func_other_arguments"),
        window_size_(c, "window_size_func", "Twindow_size_func_other_arguments") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    const int reduce = 1 + key_.num_captured(), window_size = reduce + reduce_.num_captured();
    return std::make_shared<GroupByWindowDataset>(
        spec(), std::move(input),
        Functions{key_.with_captured(c, 1), reduce_.with_captured(c, reduce), window_size_.with_captured(c, window_size)});
  }

 private:
  const FunctionAttr key_, reduce_, window_size_;
};

OpBuilder group_by_window_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("key_func_other_arguments: Tkey_func_other_arguments")
      .input("reduce_func_other_arguments: Treduce_func_other_arguments")
      .input("window_size_func_other_arguments: Twindow_size_func_other_arguments")
      .output("handle: variant")
      .attr("key_func: func")
      .attr("reduce_func: func")
      .attr("window_size_func: func")
      .attr("Tkey_func_other_arguments: list(type) >= 0")
      .attr("Treduce_func_other_arguments: list(type) >= 0")
      .attr("Twindow_size_func_other_arguments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .doc("Gathers elements by their `key_func`; as soon as there are `window_size_func` of a key, and at the end, come the "
           "elements of the dataset that `reduce_func` makes of the key and of the dataset of these.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar group_by_window(group_by_window_op("GroupByWindowDataset"));
const OpRegistrar experimental_group_by_window(group_by_window_op("ExperimentalGroupByWindowDataset"));

}  // namespace
}  // namespace reflow::ops
