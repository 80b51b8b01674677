#include "reflow/train/input.h"

#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/io_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/state_ops.h"
#include "reflow/train/fraction_summary.h"
#include "reflow/train/queue_runner.h"

namespace reflow::train {

Variable match_filenames_once(const TensorLike& pattern, const NameOptions& options) {
  const name_scope scope(options.name, "matching_filenames");
  const Output names = matching_files(pattern);
  return Variable(names, {.trainable = false,
                          .collections = std::vector<std::string>{GraphKeys::LOCAL_VARIABLES},
                          .validate_shape = false,
                          .name = scope.name()});
}

Output limit_epochs(const TensorLike& tensor, std::optional<int64_t> num_epochs, const NameOptions& options) {
  if (!num_epochs) return convert_to_tensor(tensor);
  if (*num_epochs <= 0) throw ValueError(fmt::format("num_epochs must be > 0 not {}.", *num_epochs));
  const name_scope scope(options.name, "limit_epochs");
  const Output zero = constant(0, int64);
  const Variable epochs(
      zero,
      {.trainable = false, .collections = std::vector<std::string>{GraphKeys::LOCAL_VARIABLES}, .name = "epochs"});
  const control_dependencies after({count_up_to(epochs, *num_epochs)});
  return identity(tensor, {scope.name()});
}

FIFOQueue input_producer(const TensorLike& input_tensor, const InputProducerOptions& options) {
  const name_scope scope(options.name, "input_producer");
  Output input = convert_to_tensor(input_tensor, {.name = "input_tensor"});
  std::optional<Shape> shape = options.element_shape;
  if (!shape && input.shape().rank() > 0) shape = input.shape().sub_shape(1, input.shape().rank());
  if (!shape || !shape->fully_defined()) {
    throw ValueError("Either `input_tensor` must have a fully defined shape or `element_shape` must be specified");
  }
  if (options.shuffle) input = random_shuffle(input, {.seed = options.seed});
  input = limit_epochs(input, options.num_epochs);
  const FIFOQueue queue(options.capacity, {base_type(input.dtype())},
                        {.shapes = {*shape}, .shared_name = options.shared_name, .name = options.name});
  const Operation enqueue = queue.enqueue_many({input});
  add_queue_runner(QueueRunner(queue, {enqueue}));
  if (!options.summary_name.empty()) fraction_summary(options.summary_name, queue.size(), options.capacity);
  return queue;
}

namespace {

InputProducerOptions producer(const ProducerOptions& options, const std::string& name) {
  return {.element_shape = Shape{},
          .num_epochs = options.num_epochs,
          .shuffle = options.shuffle,
          .seed = options.seed,
          .capacity = options.capacity,
          .shared_name = options.shared_name,
          .summary_name = fmt::format("fraction_of_{}_full", options.capacity),
          .name = name};
}

}  // namespace

FIFOQueue string_input_producer(const TensorLike& string_tensor, const ProducerOptions& options) {
  const char* const empty = "string_input_producer requires a non-null input tensor";
  if (string_tensor.is_none() || (string_tensor.list() && string_tensor.list()->empty())) throw ValueError(empty);
  const name_scope scope(options.name, "input_producer");
  Output strings = convert_to_tensor(string_tensor, {.dtype = string});
  const Output has_some = greater(size(strings), 0);
  {
    const control_dependencies after({Assert(has_some, {empty})});
    strings = identity(strings);
  }
  return input_producer(strings, producer(options, scope.name()));
}

FIFOQueue range_input_producer(const TensorLike& limit, const ProducerOptions& options) {
  const name_scope scope(options.name, "input_producer");
  return input_producer(range(limit), producer(options, scope.name()));
}

std::vector<Output> slice_input_producer(const TensorList& tensor_list, const ProducerOptions& options) {
  const name_scope scope(options.name, "input_producer");
  std::vector<Output> tensors;
  for (const TensorLike& tensor : tensor_list) tensors.push_back(convert_to_tensor(tensor));
  if (tensors.empty()) throw ValueError("Expected at least one tensor in slice_input_producer().");
  const Output rows = shape(tensors[0])[0];
  ProducerOptions inner = options;
  inner.name.clear();
  const Output index = range_input_producer(rows, inner).dequeue()[0];
  std::vector<Output> values;
  for (const Output& tensor : tensors) values.push_back(gather(tensor, index));
  return values;
}

}  // namespace reflow::train
