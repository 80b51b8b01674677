#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/tensor/tensor.h"

namespace reflow::contrib::learn::datasets {

class RandomState;

struct Batch {
  Tensor images, labels;
};

// Images with their labels, handed out in batches, shuffled as TensorFlow 1.15 does: with the same seed come the same
// batches. The sets of one read_data_sets share one random generator, as NumPy's global one is shared there.
// Images are kept as bytes, a quarter of the memory, and scaled to float32 for each batch. Not thread-safe.
class DataSet {
 public:
  DataSet() = default;
  // `images`, uint8, and `labels` have as many rows. `dtype` is kUint8, or kFloat32: images divided by 255.
  DataSet(Tensor images, Tensor labels, DType dtype, std::shared_ptr<RandomState> random);

  // All of them, in the order of the current epoch. From then on the set keeps them in this form.
  const Tensor& images();
  const Tensor& labels();
  int64_t num_examples() const { return num_examples_; }
  int64_t epochs_completed() const { return epochs_completed_; }

  // The next examples, [batch_size, ...] each; a batch that reaches the end of an epoch goes on in the next one, which is
  // shuffled anew. Bytes, and images after images(), share the memory of the whole while not shuffled. Where a batch is larger than
  // the set, it is shorter than asked for, as in TensorFlow.
  // ValueError: batch_size is negative.
  Batch next_batch(int64_t batch_size, bool shuffle = true);

 private:
  void shuffle();
  void materialize();

  Tensor images_, labels_;
  DType dtype_ = DType::kFloat32;  // of what is handed out; images_ may still be bytes
  std::shared_ptr<RandomState> random_;
  std::vector<uint32_t> order_;  // row i of the current epoch is row order_[i] of images_; empty: not shuffled
  int64_t num_examples_ = 0, epochs_completed_ = 0, index_in_epoch_ = 0;
};

struct Datasets {
  DataSet train, validation, test;
};

struct ReadDataSetsOptions {
  bool one_hot = false;             // labels: double [n, 10] instead of uint8 [n]
  DType dtype = DType::kFloat32;    // of images: kFloat32, from 0 to 1, or kUint8
  bool reshape = true;              // images: [n, rows * columns] instead of [n, rows, columns, 1]
  int64_t validation_size = 5000;   // so many of the training images, the first ones, become the validation set
  std::optional<int64_t> seed = {}; // of the shuffling; without it (and without a seed of the graph) it varies
};

// MNIST from the four files in `train_dir`, {train,t10k}-{images-idx3,labels-idx1}-ubyte, with or without ".gz".
// Throws errors::NotFoundError: a file is missing; errors::DataLossError: it is truncated or corrupt; ValueError: it is
// something else, labels and images differ in number, bad validation_size; TypeError: bad dtype.
Datasets read_data_sets(const std::string& train_dir, const ReadDataSetsOptions& options = {});

}  // namespace reflow::contrib::learn::datasets
