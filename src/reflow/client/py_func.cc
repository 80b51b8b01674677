#include "reflow/client/py_func.h"

#include <memory>
#include <new>

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/status_errors.h"
#include "reflow/op/host_functions.h"

namespace reflow {
namespace {

// The collection by which a graph keeps its functions; underscores in front: not for export.
constexpr const char* kCollection = "__host_functions";

// A function that is known to the process as long as this lives.
class Registered {
 public:
  explicit Registered(op::HostFunction function) : token_(op::add_host_function(std::move(function))) {}
  ~Registered() { op::remove_host_function(token_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  const std::string& token() const { return token_; }

 private:
  std::string token_;
};

Status call(const HostFunction& function, std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
  try {
    std::vector<Tensor> values;
    // The function may keep an argument; memory that is only lent to the run is copied.
    for (const Tensor& input : inputs) values.push_back(input.retained());
    *outputs = function(values);
    return OkStatus();
  } catch (const errors::OpError& error) {
    return make_status(static_cast<StatusCode>(error.error_code()), error.message());
  } catch (const NotImplementedError& error) {
    return unimplemented("{}", error.what());
  } catch (const std::invalid_argument& error) {  // ValueError, TypeError
    return invalid_argument("{}", error.what());
  } catch (const std::bad_alloc& error) {
    return make_status(StatusCode::kResourceExhausted, error.what());
  } catch (const std::exception& error) {
    return make_status(StatusCode::kUnknown, error.what());
  }
}

}  // namespace

std::vector<Output> py_func(HostFunction func, const TensorList& inp, const std::vector<DType>& Tout,
                            const PyFuncOptions& options) {
  if (!func) throw ValueError("func must be callable, got func: None");
  const auto registered = std::make_shared<Registered>(
      [func = std::move(func)](std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
        return call(func, inputs, outputs);
      });
  graph::Node* node = client::make_op(options.stateful ? "PyFunc" : "PyFuncStateless", options.name, {TensorLike(inp)},
                                      {{"token", registered->token()}, {"Tout", Tout}});
  add_to_collection(kCollection, registered);
  return client::all_outputs(node);
}

}  // namespace reflow
