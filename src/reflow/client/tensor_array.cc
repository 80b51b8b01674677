#include "reflow/client/tensor_array.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

using client::apply_op;
using client::make_op;

Shape with_first(int64_t first, const Shape& rest) {
  if (!rest.known_rank()) return rest;
  Shape shape = rest;
  shape.insert_dim(0, first);
  return shape;
}

Shape without_first(const Shape& shape) {
  if (!shape.known_rank() || shape.rank() == 0) return shape;
  Shape rest = shape;
  rest.remove_dim(0);
  return rest;
}

}  // namespace

struct TensorArray::State {
  Output handle;
  DType dtype;
  bool dynamic_size, infer_shape, colocates;
  Shape element_shape;
  Output first_written;  // not valid: nothing yet
};

class TensorArray::PlacedWith {
 public:
  PlacedWith(State& state, const Output& value) {
    if (!state.colocates) return;
    if (!state.first_written.valid()) state.first_written = value;
    scope_.emplace(state.first_written);
  }

 private:
  std::optional<colocate_with> scope_;
};

TensorArray::TensorArray(DType dtype, const TensorLike& size, const TensorArrayOptions& options)
    : state_(std::make_shared<State>()) {
  *state_ = {{}, base_type(dtype), options.dynamic_size, options.infer_shape, options.colocate_with_first_write_call,
             options.element_shape, {}};
  if (size.is_none()) throw ValueError("Size must be provided if handle is not provided");
  const name_scope scope(options.name, "TensorArray");
  std::optional<device> no_device;
  std::optional<colocate_with> no_colocation;
  if (state_->colocates) {
    no_device.emplace(nullptr);
    no_colocation.emplace(nullptr, true);
  }
  graph::Node* node = make_op("TensorArrayV3", scope.name(), {size},
                              {{"dtype", state_->dtype},
                               {"element_shape", options.element_shape},
                               {"dynamic_size", options.dynamic_size},
                               {"clear_after_read", options.clear_after_read},
                               {"identical_element_shapes", options.infer_shape},
                               {"tensor_array_name", options.tensor_array_name}});
  state_->handle = Output(node, 0);
  flow_ = Output(node, 1);
}

TensorArray TensorArray::from_handle(DType dtype, const Output& handle, const Output& flow,
                                     const TensorArrayOptions& options) {
  if (!options.tensor_array_name.empty()) throw ValueError("Cannot construct with both handle and tensor_array_name");
  if (!flow.valid()) throw ValueError("flow must not be None if handle is not None.");
  const name_scope scope(options.name, "TensorArray");
  auto state = std::make_shared<State>();
  *state = {handle, base_type(dtype), options.dynamic_size, options.infer_shape, options.colocate_with_first_write_call,
            options.element_shape, {}};
  return TensorArray(std::move(state), flow);
}

const Output& TensorArray::handle() const { return state_->handle; }
DType TensorArray::dtype() const { return state_->dtype; }
bool TensorArray::dynamic_size() const { return state_->dynamic_size; }
bool TensorArray::infer_shape() const { return state_->infer_shape; }
const Shape& TensorArray::element_shape() const { return state_->element_shape; }

void TensorArray::check_element_shape(const Shape& shape) const {
  Shape& known = state_->element_shape;
  if (!shape.compatible_with(known)) {
    throw ValueError(fmt::format("Inconsistent shapes: saw {} but expected {} ", client::python_shape(shape),
                                 client::python_shape(known)));
  }
  if (!state_->infer_shape || !shape.known_rank()) return;
  if (!known.known_rank()) known = shape;
  for (int i = 0; i < shape.rank(); ++i) known.set_dim(i, std::max(known.dim(i), shape.dim(i)));
}

TensorArray TensorArray::with_flow(const Output& flow) const {
  const name_scope scope("", "TensorArray");  // of an object that makes no op
  return TensorArray(state_, flow);
}

TensorArray TensorArray::identity() const { return with_flow(reflow::identity(flow_)); }

TensorArray TensorArray::grad(const std::string& source, const std::optional<Output>& flow,
                              const NameOptions& options) const {
  const Output before = flow ? *flow : flow_;
  const name_scope scope(options.name, "TensorArrayGrad");
  const colocate_with placed(handle());
  graph::Node* node = make_op("TensorArrayGradV3", options.name, {handle(), before}, {{"source", source}});
  Output after;
  {
    const control_dependencies made({Output(node, 0)});
    after = reflow::identity(before, {"gradient_flow"});
  }
  return from_handle(dtype(), Output(node, 0), after,
                     {.infer_shape = infer_shape(), .element_shape = element_shape(), .colocate_with_first_write_call = false});
}

Output TensorArray::read(const TensorLike& index, const NameOptions& options) const {
  const Output value = apply_op("TensorArrayReadV3", options.name, {handle(), index, flow_}, {{"dtype", dtype()}});
  value.set_shape(element_shape());
  return value;
}

TensorArray TensorArray::write(const TensorLike& index, const TensorLike& value, const NameOptions& options) const {
  const name_scope scope(options.name, "TensorArrayWrite");
  const Output written = client::convert(value, DType::kInvalid, "value", dtype());
  check_element_shape(written.shape());
  const PlacedWith placed(*state_, written);
  return TensorArray(state_, apply_op("TensorArrayWriteV3", options.name, {handle(), index, written, flow_}));
}

Output TensorArray::stack(const NameOptions& options) const {
  const colocate_with placed(handle());
  const name_scope scope(options.name, "TensorArrayStack");
  return gather(range(0, size()), options);
}

Output TensorArray::gather(const TensorLike& indices, const NameOptions& options) const {
  const Output value = apply_op("TensorArrayGatherV3", options.name, {handle(), indices, flow_},
                                {{"dtype", dtype()}, {"element_shape", element_shape()}});
  value.set_shape(with_first(-1, element_shape()));
  return value;
}

Output TensorArray::concat(const NameOptions& options) const {
  const Shape rest = without_first(element_shape());
  const Output value = apply_op("TensorArrayConcatV3", options.name, {handle(), flow_},
                                {{"dtype", dtype()}, {"element_shape_except0", rest}});
  value.set_shape(with_first(-1, rest));
  return value;
}

TensorArray TensorArray::unstack(const TensorLike& value, const NameOptions& options) const {
  const name_scope scope(options.name, "TensorArrayUnstack");
  const Output rows = shape(value)[0];
  return scatter(range(0, rows), value, options);
}

TensorArray TensorArray::scatter(const TensorLike& indices, const TensorLike& value, const NameOptions& options) const {
  const name_scope scope(options.name, "TensorArrayScatter");
  const Output written = client::convert(value, DType::kInvalid, "value", dtype());
  check_element_shape(without_first(written.shape()));
  const PlacedWith placed(*state_, written);
  return TensorArray(state_, apply_op("TensorArrayScatterV3", options.name, {handle(), indices, written, flow_}));
}

TensorArray TensorArray::split(const TensorLike& value, const TensorLike& lengths, const NameOptions& options) const {
  const name_scope scope(options.name, "TensorArraySplit");
  const Output written = client::convert(value, dtype(), "value");
  const PlacedWith placed(*state_, written);
  const Output lengths_64 = cast(lengths, int64);
  const Tensor known = constant_value(lengths_64);
  if (written.shape().rank() > 0 && known.valid() && known.rank() > 0 && known.num_elements() > 0) {
    const auto all = known.flat<int64_t>();
    const auto [least, most] = std::ranges::minmax(all);
    if (least == most) check_element_shape(with_first(least, without_first(written.shape())));
  }
  return TensorArray(state_, apply_op("TensorArraySplitV3", options.name, {handle(), written, lengths_64, flow_}));
}

Output TensorArray::size(const NameOptions& options) const {
  return apply_op("TensorArraySizeV3", options.name, {handle(), flow_});
}

Operation TensorArray::close(const NameOptions& options) const {
  return Operation(make_op("TensorArrayCloseV3", options.name, {handle()}));
}

}  // namespace reflow
