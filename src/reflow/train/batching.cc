#include "reflow/train/batching.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/queue.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/train/fraction_summary.h"
#include "reflow/train/queue_runner.h"

namespace reflow::train {
namespace {

using Tensors = std::vector<Output>;

Tensors converted(const TensorList& tensors) {
  Tensors outputs;
  for (const TensorLike& tensor : tensors) outputs.push_back(convert_to_tensor(tensor));
  return outputs;
}

Output keep_tensor(const TensorLike& keep_input, bool many) {
  const Output keep = convert_to_tensor(keep_input);
  const int rank = keep.shape().rank();
  if (rank < 0) throw ValueError("`keep_input` dimensions must be known at graph construction.");
  if (!many && rank == 1) throw ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.");
  if (rank > 1) throw ValueError("`keep_input` must be 0 or 1 dimensions.");
  return keep;
}

std::vector<std::string> type_names(const Tensors& tensors) {
  std::vector<std::string> names;
  for (const Output& tensor : tensors) names.push_back(dtype_name(base_type(tensor.dtype())));
  return names;
}

std::vector<DType> common_types(const std::vector<Tensors>& lists) {
  const std::vector<std::string> names = type_names(lists[0]);
  for (const Tensors& tensors : lists) {
    if (const auto others = type_names(tensors); others != names) {
      throw TypeError(
          fmt::format("Expected types to be consistent: {} vs. {}.", fmt::join(names, ", "), fmt::join(others, ", ")));
    }
  }
  std::vector<DType> types;
  for (const Output& tensor : lists[0]) types.push_back(base_type(tensor.dtype()));
  return types;
}

// The shape of component `i` in all lists. ValueError: one isn't known, or they differ.
Shape element_shape(const std::vector<Tensors>& lists, size_t i, bool many) {
  std::optional<Shape> merged;
  for (const Tensors& tensors : lists) {
    Shape shape = tensors[i].shape();
    if (!shape.known_rank()) throw ValueError("Cannot infer Tensor's rank: " + tensors[i].name());
    if (many && shape.rank() == 0) throw ValueError("Shape () must have rank at least 1");
    if (many) shape.remove_dim(0);
    if (!merged) merged = shape;
    if (!merged->compatible_with(shape)) {
      throw ValueError(fmt::format("Shapes {} and {} are not compatible", merged->str(), shape.str()));
    }
  }
  return *merged;
}

std::vector<Shape> element_shapes(const std::vector<Tensors>& lists, bool many) {
  std::vector<Shape> shapes;
  for (size_t i = 0; i < lists[0].size(); ++i) shapes.push_back(element_shape(lists, i, many));
  return shapes;
}

// What all kinds of batches are given.
struct Request {
  TensorLike batch_size, keep_input = true;
  int num_threads = 1;
  bool enqueue_many = false;
  std::optional<std::vector<Shape>> shapes;
  bool allow_smaller_final_batch = false;
  std::string scope;
};

Operation enqueue(const Queue& queue, const Tensors& tensors, const Output& keep, bool many) {
  const auto put = [&](const Tensors& each) { return many ? queue.enqueue_many(each) : queue.enqueue(each); };
  if (keep.shape().rank() == 1) {
    const Output part = cast(keep, int32);
    Tensors kept;
    for (const Output& tensor : tensors) kept.push_back(dynamic_partition(tensor, part, 2)[1]);
    return put(kept);
  }
  const Tensor known = constant_value(keep);
  if (known.valid()) return *known.data<bool>() ? put(tensors) : no_op();
  return cond(
             keep, [&] { return put(tensors); }, [] { return no_op(); })
      .op();
}

using MakeQueue = std::function<Queue(const std::vector<DType>& types, const std::vector<Shape>& shapes)>;

std::vector<Output> through_queue(const std::vector<TensorList>& given, const Request& request,
                                  const MakeQueue& make_queue, const std::function<void(const Queue&)>& report) {
  std::vector<Tensors> lists;
  for (const TensorList& tensors : given) lists.push_back(converted(tensors));
  if (lists.empty()) throw ValueError("Expected at least one input in batch_join().");
  if (lists[0].empty()) throw ValueError("Expected at least one tensor in batch().");
  const Output keep = keep_tensor(request.keep_input, request.enqueue_many);
  const std::vector<DType> types = common_types(lists);
  const std::vector<Shape> shapes = request.shapes ? *request.shapes : element_shapes(lists, request.enqueue_many);
  const Queue queue = make_queue(types, shapes);
  std::vector<Operation> once, operations;
  for (const Tensors& tensors : lists) once.push_back(enqueue(queue, tensors, keep, request.enqueue_many));
  for (int i = 0; i < request.num_threads; ++i) operations.insert(operations.end(), once.begin(), once.end());
  add_queue_runner(QueueRunner(queue, operations));
  report(queue);
  return request.allow_smaller_final_batch ? queue.dequeue_up_to(request.batch_size, request.scope)
                                           : queue.dequeue_many(request.batch_size, request.scope);
}

// Batches in the order in which the elements come.
std::vector<Output> in_order(const std::vector<TensorList>& lists, Request request, const BatchJoinOptions& options,
                             const char* default_name) {
  const name_scope scope(options.name, default_name);
  request.enqueue_many = options.enqueue_many;
  request.shapes = options.shapes;
  request.allow_smaller_final_batch = options.allow_smaller_final_batch;
  request.scope = scope.name();
  const auto make_queue = [&](const std::vector<DType>& types, const std::vector<Shape>& shapes) -> Queue {
    const QueueOptions queue{.shapes = shapes, .shared_name = options.shared_name};
    if (options.dynamic_pad) return PaddingFIFOQueue(options.capacity, types, queue);
    return FIFOQueue(options.capacity, types, queue);
  };
  return through_queue(lists, request, make_queue, [&](const Queue& queue) {
    fraction_summary(fmt::format("fraction_of_{}_full", options.capacity), queue.size(), options.capacity);
  });
}

// Batches in random order, chosen among `least` and more elements.
std::vector<Output> shuffled(const std::vector<TensorList>& lists, Request request, int64_t capacity, int64_t least,
                             const ShuffleBatchJoinOptions& options, bool is_join) {
  const name_scope scope(options.name, is_join ? "shuffle_batch_join" : "shuffle_batch");
  if (!is_join && capacity <= least) {
    throw ValueError(fmt::format("capacity {} must be bigger than min_after_dequeue {}.", capacity, least));
  }
  request.enqueue_many = options.enqueue_many;
  request.shapes = options.shapes;
  request.allow_smaller_final_batch = options.allow_smaller_final_batch;
  request.scope = scope.name();
  const auto make_queue = [&](const std::vector<DType>& types, const std::vector<Shape>& shapes) -> Queue {
    return RandomShuffleQueue(capacity, least, types,
                              {.shapes = shapes, .seed = options.seed, .shared_name = options.shared_name});
  };
  return through_queue(lists, request, make_queue, [&](const Queue& queue) {
    const int64_t spare = capacity - least;
    const Output size = queue.size();
    fraction_summary(fmt::format("fraction_over_{}_of_{}_full", least, spare), maximum(0, size - least), spare);
  });
}

BatchJoinOptions for_join(const BatchOptions& options) {
  return {.capacity = options.capacity,
          .enqueue_many = options.enqueue_many,
          .shapes = options.shapes,
          .dynamic_pad = options.dynamic_pad,
          .allow_smaller_final_batch = options.allow_smaller_final_batch,
          .shared_name = options.shared_name,
          .name = options.name};
}

ShuffleBatchJoinOptions for_join(const ShuffleBatchOptions& options) {
  return {.seed = options.seed,
          .enqueue_many = options.enqueue_many,
          .shapes = options.shapes,
          .allow_smaller_final_batch = options.allow_smaller_final_batch,
          .shared_name = options.shared_name,
          .name = options.name};
}

}  // namespace

std::vector<Output> batch(const TensorList& tensors, const TensorLike& batch_size, const BatchOptions& options) {
  return maybe_batch(tensors, true, batch_size, options);
}

std::vector<Output> maybe_batch(const TensorList& tensors, const TensorLike& keep_input, const TensorLike& batch_size,
                                const BatchOptions& options) {
  const Request request{.batch_size = batch_size, .keep_input = keep_input, .num_threads = options.num_threads};
  return in_order({tensors}, request, for_join(options), "batch");
}

std::vector<Output> batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                               const BatchJoinOptions& options) {
  return maybe_batch_join(tensors_list, true, batch_size, options);
}

std::vector<Output> maybe_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& keep_input,
                                     const TensorLike& batch_size, const BatchJoinOptions& options) {
  return in_order(tensors_list, {.batch_size = batch_size, .keep_input = keep_input}, options, "batch_join");
}

std::vector<Output> shuffle_batch(const TensorList& tensors, const TensorLike& batch_size, int64_t capacity,
                                  int64_t min_after_dequeue, const ShuffleBatchOptions& options) {
  return maybe_shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, true, options);
}

std::vector<Output> maybe_shuffle_batch(const TensorList& tensors, const TensorLike& batch_size, int64_t capacity,
                                        int64_t min_after_dequeue, const TensorLike& keep_input,
                                        const ShuffleBatchOptions& options) {
  const Request request{.batch_size = batch_size, .keep_input = keep_input, .num_threads = options.num_threads};
  return shuffled({tensors}, request, capacity, min_after_dequeue, for_join(options), false);
}

std::vector<Output> shuffle_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                                       int64_t capacity, int64_t min_after_dequeue,
                                       const ShuffleBatchJoinOptions& options) {
  return maybe_shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, true, options);
}

std::vector<Output> maybe_shuffle_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                                             int64_t capacity, int64_t min_after_dequeue, const TensorLike& keep_input,
                                             const ShuffleBatchJoinOptions& options) {
  return shuffled(tensors_list, {.batch_size = batch_size, .keep_input = keep_input}, capacity, min_after_dequeue,
                  options, true);
}

}  // namespace reflow::train
