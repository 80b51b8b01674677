#include "reflow/op/function_runner.h"

#include <future>

#include "reflow/graph/function_call.h"

namespace reflow::op {

thread_local CallState CallScope::state_;

CalledFunction::CalledFunction(KernelInit& c, std::string_view attr) : CalledFunction(c, c.attr<NameAttrList>(attr)) {}

CalledFunction::CalledFunction(KernelInit& c, const NameAttrList& function) : runner_(c.functions()) {
  if (runner_ == nullptr) {
    c.fail(failed_precondition("Function {} can't be called here", function.name));
    return;
  }
  auto handle = runner_->instantiate(function.name, function.attrs ? *function.attrs : AttrMap());
  if (handle.ok()) handle_ = *handle;
  else c.fail(handle.status());
}

StatusOr<std::vector<Tensor>> CalledFunction::call(const RunEnv& env, std::vector<Tensor> arguments,
                                                   int num_results) const {
  std::promise<std::pair<Status, std::vector<Tensor>>> ended;
  runner_->run(handle_, env, std::move(arguments), [&ended](Status status, std::vector<Tensor> results) {
    ended.set_value({std::move(status), std::move(results)});
  });
  auto [status, results] = ended.get_future().get();
  RETURN_IF_ERROR(status);
  if (static_cast<int>(results.size()) != num_results) {
    return invalid_argument("The function gives {} results, where {} are expected", results.size(), num_results);
  }
  return std::move(results);
}

void CallingKernel::compute_async(KernelContext& c, std::function<void(Status)> done) {
  c.pool().schedule([this, &c, state = CallScope::current(), done = std::move(done)] {
    const CallScope scope(state);
    done(compute(c));
  });
}

std::vector<Tensor> CallingKernel::arguments(KernelContext& c, int first) {
  std::vector<Tensor> result;
  for (int i = first; i < c.num_inputs(); ++i) result.push_back(c.input(i));
  return result;
}

Status CallingKernel::give_out(KernelContext& c, std::vector<Tensor> results) {
  for (int i = 0; i < c.num_outputs(); ++i) {
    const DType wanted = base_type(c.node().output_type(i));
    if (results[i].dtype() != wanted) {
      return invalid_argument("Result {} of the function has type {}, where {} is expected", i,
                              dtype_spec_name(results[i].dtype()), dtype_spec_name(wanted));
    }
    c.set_output(i, std::move(results[i]));
  }
  return OkStatus();
}

std::optional<NameAttrList> called_function(const Node& node) {
  constexpr char kGradient[] = "SymbolicGradient";
  const AttrValue* f = node.type() == kGradient ? node.find_attr("f") : nullptr;
  const NameAttrList* differentiated = f ? f->get<NameAttrList>() : nullptr;
  if (differentiated == nullptr) return graph::function_called_by(node);
  return NameAttrList{kGradient, std::make_shared<AttrMap>(AttrMap{{"f", *differentiated}})};
}

namespace {

class CallByName : public CallingKernel {
 public:
  explicit CallByName(KernelInit& c)
      : function_(c, NameAttrList{c.node().type(), std::make_shared<AttrMap>(c.node().attrs())}) {
    note(function_);
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(std::vector<Tensor> results, function_.call(c.env(), arguments(c, 0), c.num_outputs()));
    return give_out(c, std::move(results));
  }

 private:
  CalledFunction function_;
};

}  // namespace

std::unique_ptr<Kernel> make_call_kernel(KernelInit& c) { return std::make_unique<CallByName>(c); }

}  // namespace reflow::op
