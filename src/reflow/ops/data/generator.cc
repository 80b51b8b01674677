// GeneratorDataset: what a function makes of a state until it says that there is no more.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

struct Functions {
  CapturedFunction init, next, finalize;
};

// As TensorFlow tells of generators: without the name of the function.
Status without_function(const Status& status) {
  const std::string_view message = message_of(status);
  const size_t end = message.find("}} ");
  if (!message.starts_with("{{function_node ") || end == std::string_view::npos) return status;
  return make_status(status.code(), message.substr(end + 3));
}

class GeneratorDataset : public Source {
 public:
  GeneratorDataset(ElementSpec spec, Functions functions)
      : Source("Generator", std::move(spec)), functions_(std::move(functions)) {}

 private:
  class Pass : public IteratorOver<GeneratorDataset> {
   public:
    using IteratorOver::IteratorOver;
    // A pass that is given up goes through the end of its state elsewhere: who drops it may hold locks that the function
    // waits for.
    ~Pass() override {
      if (!begun_ || finalized_) return;
      auto cancellation = std::make_shared<CancellationManager>();
      scope_->start(*pool_, cancellation, [context = context_, finalize = finalize_, state = state_] {
        (void)finalize.call(*context, state);
      });
    }

    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(init_, dataset().functions_.init.instantiate(c));
      ASSIGN_OR_RETURN(next_, dataset().functions_.next.instantiate(c));
      ASSIGN_OR_RETURN(finalize_, dataset().functions_.finalize.instantiate(c));
      scope_ = c.iteration().scope();
      pool_ = &c.pool();
      context_ = std::make_shared<IteratorContext>(c, nullptr);
      return OkStatus();
    }

    Status next(IteratorContext& c, Element* element, bool* end) override {
      if (!begun_) {
        ASSIGN_OR_RETURN(state_, init_.call(c, {}));
        begun_ = true;
      }
      *end = true;
      if (finalized_) return OkStatus();
      auto result = next_.call(c, state_);
      if (result.ok()) {
        RETURN_IF_ERROR(check_types(*result, dataset().spec()));
        *element = *std::move(result);
        *end = false;
        return OkStatus();
      }
      if (result.status().code() != StatusCode::kOutOfRange) return without_function(result.status());
      finalized_ = true;
      return finalize_.call(c, state_).status();
    }

   private:
    CapturedFunction::Instance init_, next_, finalize_;
    Element state_;
    bool begun_ = false, finalized_ = false;
    std::shared_ptr<FunctionScope> scope_;
    ThreadPool* pool_ = nullptr;
    std::shared_ptr<IteratorContext> context_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const Functions functions_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), init_(c, "init_func", "Tinit_func_args"), next_(c, "next_func", "Tnext_func_args"),
        finalize_(c, "finalize_func", "Tfinalize_func_args") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    const int next = init_.num_captured(), finalize = next + next_.num_captured();
    return std::make_shared<GeneratorDataset>(
        spec(), Functions{init_.with_captured(c, 0), next_.with_captured(c, next), finalize_.with_captured(c, finalize)});
  }

 private:
  const FunctionAttr init_, next_, finalize_;
};

const OpRegistrar generator(dataset_op("GeneratorDataset")
                                .input("init_func_other_args: Tinit_func_args")
                                .input("next_func_other_args: Tnext_func_args")
                                .input("finalize_func_other_args: Tfinalize_func_args")
                                .output("handle: variant")
                                .attr("init_func: func")
                                .attr("next_func: func")
                                .attr("finalize_func: func")
                                .attr("Tinit_func_args: list(type) >= 0")
                                .attr("Tnext_func_args: list(type) >= 0")
                                .attr("Tfinalize_func_args: list(type) >= 0") REFLOW_ELEMENT_ATTRS
                                .stateful()
                                .doc("What `next_func` makes of the state that `init_func` gives, until it fails with OutOfRange; "
                                     "then `finalize_func` ends the state.")
                                .kernel<Kernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
