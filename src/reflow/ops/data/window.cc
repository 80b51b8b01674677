// WindowDataset: datasets of elements that follow each other.

#include <deque>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// One component of the elements of a window.
class Window : public Source {
 public:
  Window(ElementSpec spec, std::vector<Tensor> values) : Source("Window", std::move(spec)), values_(std::move(values)) {}
  int64_t cardinality() const override { return static_cast<int64_t>(values_.size()); }

 private:
  class Pass : public IteratorOver<Window> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      *end = next_ == dataset().values_.size();
      if (!*end) element->push_back(dataset().values_[next_++]);
      return OkStatus();
    }

   private:
    size_t next_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<Tensor> values_;
};

struct Steps {
  int64_t size, shift, stride;
  bool drop_remainder;
  // From the first element of a window to the last one.
  int64_t span() const { return (size - 1) * stride + 1; }
};

class WindowDataset : public Transformation<WindowDataset> {
 public:
  WindowDataset(ElementSpec spec, DatasetRef input, Steps steps)
      : Transformation("Window", std::move(spec), std::move(input)), steps_(steps) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    if (n < 0) return n;
    const int64_t possible = steps_.drop_remainder ? n - steps_.span() + 1 : n;
    return possible <= 0 ? 0 : (possible - 1) / steps_.shift + 1;
  }
  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    Steps steps{};
    ASSIGN_OR_RETURN(steps.size, scalar_input<int64_t>(c, 1, "size"));
    if (steps.size <= 0) return invalid_argument("Window size must be greater than zero.");
    ASSIGN_OR_RETURN(steps.shift, scalar_input<int64_t>(c, 2, "shift"));
    if (steps.shift <= 0) return invalid_argument("Window shift must be greater than zero.");
    ASSIGN_OR_RETURN(steps.stride, scalar_input<int64_t>(c, 3, "stride"));
    if (steps.stride <= 0) return invalid_argument("Window stride must be greater than zero.");
    ASSIGN_OR_RETURN(steps.drop_remainder, scalar_input<bool>(c, 4, "drop_remainder"));
    int64_t span;
    if (__builtin_mul_overflow(steps.size, steps.stride, &span)) {
      return invalid_argument("A window of {} elements with a stride of {} is too long", steps.size, steps.stride);
    }
    return std::make_shared<WindowDataset>(std::move(spec), std::move(input), steps);
  }

 private:
  class Pass : public TransformingIterator<WindowDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      const Steps& steps = dataset().steps_;
      RETURN_IF_ERROR(load(c, steps.span()));
      const bool whole = static_cast<int64_t>(buffer_.size()) >= steps.span();
      *end = buffer_.empty() || (!whole && steps.drop_remainder);
      if (*end) {
        buffer_.clear();
        return OkStatus();
      }
      make_windows(element);
      // What lies between this window and the next is passed over.
      const auto begin = static_cast<int64_t>(buffer_.size());
      buffer_.erase(buffer_.begin(), buffer_.begin() + std::min(steps.shift, begin));
      for (int64_t left_out = begin; left_out < steps.shift && has_input(); ++left_out) {
        Element between;
        bool input_end = false;
        RETURN_IF_ERROR(input().next(c, &between, &input_end));
        if (input_end) drop_input();
        if (left_out % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      return OkStatus();
    }

   private:
    Status load(IteratorContext& c, int64_t wanted) {
      while (has_input() && static_cast<int64_t>(buffer_.size()) < wanted) {
        Element element;
        bool input_end = false;
        RETURN_IF_ERROR(input().next(c, &element, &input_end));
        if (input_end) drop_input();
        else buffer_.push_back(std::move(element));
        if (buffer_.size() % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      return OkStatus();
    }

    void make_windows(Element* element) const {
      const Steps& steps = dataset().steps_;
      const ElementSpec& in = dataset().input()->spec();
      for (size_t i = 0; i < in.types.size(); ++i) {
        std::vector<Tensor> values;
        for (int64_t j = 0, at = 0; j < steps.size && at < static_cast<int64_t>(buffer_.size()); ++j, at += steps.stride) {
          values.push_back(buffer_[at][i]);
        }
        element->push_back(tensor_of(std::make_shared<Window>(ElementSpec{{in.types[i]}, {in.shapes[i]}}, std::move(values))));
      }
    }
    std::deque<Element> buffer_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  Steps steps_;
};

const OpRegistrar window(dataset_op("WindowDataset")
                             .input("input_dataset: variant")
                             .input("size: int64")
                             .input("shift: int64")
                             .input("stride: int64")
                             .input("drop_remainder: bool")
                             .output("handle: variant") REFLOW_ELEMENT_ATTRS
                             .doc("A dataset whose elements are datasets of `size` elements each, `stride` apart, one for each "
                                  "component. A window begins `shift` elements after the one before.")
                             .kernel<TransformationKernel<WindowDataset>>(kCpu));

}  // namespace
}  // namespace reflow::ops
