#pragma once

// Batches of what other threads compute, through a queue whose runner is added to the graph. Each list of tensors is an
// element; with enqueue_many the rows of its tensors are. Batches are [batch_size, shape of an element].

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::train {

struct BatchOptions {
  int num_threads = 1;
  int64_t capacity = 32;  // of the queue, in elements
  bool enqueue_many = false;
  std::optional<std::vector<Shape>> shapes;  // of the elements; default: those of the tensors
  bool dynamic_pad = false;                  // elements may differ in dimensions that aren't known, and are padded
  bool allow_smaller_final_batch = false;
  std::string shared_name;
  std::string name;
};
// In the order in which they are computed. ValueError: "Expected at least one tensor in batch().", shapes that aren't
// known.
std::vector<Output> batch(const TensorList& tensors, const TensorLike& batch_size, const BatchOptions& options = {});
// Of those elements for which `keep_input`, a bool or with enqueue_many a vector of bools, is true.
std::vector<Output> maybe_batch(const TensorList& tensors, const TensorLike& keep_input, const TensorLike& batch_size,
                                const BatchOptions& options = {});

struct BatchJoinOptions {
  int64_t capacity = 32;
  bool enqueue_many = false;
  std::optional<std::vector<Shape>> shapes;
  bool dynamic_pad = false;
  bool allow_smaller_final_batch = false;
  std::string shared_name;
  std::string name;
};
// With a thread for each list of tensors. TypeError: "Expected types to be consistent: ...".
std::vector<Output> batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                               const BatchJoinOptions& options = {});
std::vector<Output> maybe_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& keep_input,
                                     const TensorLike& batch_size, const BatchJoinOptions& options = {});

struct ShuffleBatchOptions {
  int num_threads = 1;
  std::optional<int64_t> seed;
  bool enqueue_many = false;
  std::optional<std::vector<Shape>> shapes;
  bool allow_smaller_final_batch = false;
  std::string shared_name;
  std::string name;
};
// In random order, chosen among min_after_dequeue and more elements.
// ValueError: "capacity 5 must be bigger than min_after_dequeue 10.".
std::vector<Output> shuffle_batch(const TensorList& tensors, const TensorLike& batch_size, int64_t capacity,
                                  int64_t min_after_dequeue, const ShuffleBatchOptions& options = {});
std::vector<Output> maybe_shuffle_batch(const TensorList& tensors, const TensorLike& batch_size, int64_t capacity,
                                        int64_t min_after_dequeue, const TensorLike& keep_input,
                                        const ShuffleBatchOptions& options = {});

struct ShuffleBatchJoinOptions {
  std::optional<int64_t> seed;
  bool enqueue_many = false;
  std::optional<std::vector<Shape>> shapes;
  bool allow_smaller_final_batch = false;
  std::string shared_name;
  std::string name;
};
std::vector<Output> shuffle_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                                       int64_t capacity, int64_t min_after_dequeue,
                                       const ShuffleBatchJoinOptions& options = {});
std::vector<Output> maybe_shuffle_batch_join(const std::vector<TensorList>& tensors_list, const TensorLike& batch_size,
                                             int64_t capacity, int64_t min_after_dequeue, const TensorLike& keep_input,
                                             const ShuffleBatchJoinOptions& options = {});

}  // namespace reflow::train
