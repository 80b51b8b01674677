#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct TensorArrayOptions {
  bool dynamic_size = false;      // writes beyond the end make it larger
  bool clear_after_read = true;   // an element can be read once; its memory is free then
  std::string tensor_array_name;  // in messages
  bool infer_shape = true;        // all elements have one shape
  Shape element_shape = Shape::unknown();
  bool colocate_with_first_write_call = true;  // false: placed as the device scopes say
  std::string name;
};

// An array of tensors, each written once and read, in particular in loops: tf.TensorArray. A small value: a handle and a
// flow, a scalar that orders what is done to the array. Operations that change the array give a new value, with the flow
// after them; use that from then on. A loop carries an array by its flow: give flow() as the loop variable, and take
// with_flow(loop variable) in the body.
class TensorArray {
 public:
  TensorArray(DType dtype, const TensorLike& size, const TensorArrayOptions& options = {});
  // The array that another value stands for, in its state at `flow`.
  static TensorArray from_handle(DType dtype, const Output& handle, const Output& flow,
                                 const TensorArrayOptions& options = {});

  const Output& handle() const;
  const Output& flow() const { return flow_; }
  DType dtype() const;
  bool dynamic_size() const;
  bool infer_shape() const;
  // What is known of the elements' shapes: by element_shape, and by what has been written if infer_shape is set.
  const Shape& element_shape() const;

  TensorArray identity() const;
  TensorArray with_flow(const Output& flow) const;
  // The array of the gradients of the elements, for the call of gradients() called `source`.
  TensorArray grad(const std::string& source, const std::optional<Output>& flow = std::nullopt,
                   const NameOptions& options = {}) const;

  // Element `index`.
  Output read(const TensorLike& index, const NameOptions& options = {}) const;
  // ValueError: "Inconsistent shapes: saw {} but expected {} ".
  TensorArray write(const TensorLike& index, const TensorLike& value, const NameOptions& options = {}) const;
  // All elements, or those of `indices`, stacked along a new first dimension.
  Output stack(const NameOptions& options = {}) const;
  Output gather(const TensorLike& indices, const NameOptions& options = {}) const;
  // All elements joined along their first dimension.
  Output concat(const NameOptions& options = {}) const;
  // Row i of `value` becomes element i, or element indices[i].
  TensorArray unstack(const TensorLike& value, const NameOptions& options = {}) const;
  TensorArray scatter(const TensorLike& indices, const TensorLike& value, const NameOptions& options = {}) const;
  // The first lengths[0] rows of `value` become element 0, the next lengths[1] element 1, ...
  TensorArray split(const TensorLike& value, const TensorLike& lengths, const NameOptions& options = {}) const;
  Output size(const NameOptions& options = {}) const;
  Operation close(const NameOptions& options = {}) const;

 private:
  struct State;  // shared by the values that stand for one array
  TensorArray(std::shared_ptr<State> state, const Output& flow) : state_(std::move(state)), flow_(flow) {}
  void check_element_shape(const Shape& shape) const;
  // What is written has a place with the first value that was.
  class PlacedWith;

  std::shared_ptr<State> state_;
  Output flow_;
};

}  // namespace reflow
