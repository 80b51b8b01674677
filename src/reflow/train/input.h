#pragma once

// Pipelines of queues: producers of inputs. A runner that fills the queue is added to the graph; start_queue_runners
// starts it. train/batching.h makes batches of what is computed from them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/queue.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// A local variable with the names of the files that match `pattern`, looked up when it is initialised.
Variable match_filenames_once(const TensorLike& pattern, const NameOptions& options = {});

// `tensor`, which can be computed num_epochs times and then fails with OutOfRangeError; unset: without end. The count
// is a local variable. ValueError: "num_epochs must be > 0 not 0.".
Output limit_epochs(const TensorLike& tensor, std::optional<int64_t> num_epochs = std::nullopt,
                    const NameOptions& options = {});

struct InputProducerOptions {
  std::optional<Shape> element_shape;  // default: that of the rows
  std::optional<int64_t> num_epochs;   // unset: without end
  bool shuffle = true;                 // in another order in each epoch
  std::optional<int64_t> seed;
  int64_t capacity = 32;
  std::string shared_name;
  std::string summary_name;  // of a summary of how full the queue is; "": none
  std::string name;
};
// A queue of the rows of `input_tensor`. ValueError: "Either `input_tensor` must have a fully defined shape or ...".
FIFOQueue input_producer(const TensorLike& input_tensor, const InputProducerOptions& options = {});

struct ProducerOptions {
  std::optional<int64_t> num_epochs;
  bool shuffle = true;
  std::optional<int64_t> seed;
  int64_t capacity = 32;
  std::string shared_name;
  std::string name;
};
// A queue of the strings of a vector, names of files mostly.
// ValueError: "string_input_producer requires a non-null input tensor".
FIFOQueue string_input_producer(const TensorLike& string_tensor, const ProducerOptions& options = {});
// A queue of the numbers below `limit`.
FIFOQueue range_input_producer(const TensorLike& limit, const ProducerOptions& options = {});
// A row of each tensor, the same of all, and another one in each run.
// ValueError: "Expected at least one tensor in slice_input_producer().".
std::vector<Output> slice_input_producer(const TensorList& tensor_list, const ProducerOptions& options = {});

}  // namespace reflow::train

namespace reflow::io {

using train::match_filenames_once;

}  // namespace reflow::io
