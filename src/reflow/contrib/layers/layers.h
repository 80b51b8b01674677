#pragma once

// tf.contrib.layers: layers that keep their variables in model collections, and take defaults from arg_scope. Members of
// options that are left unset are those of contrib::framework::arg_scope, or TensorFlow's defaults.

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "reflow/client/initializers.h"
#include "reflow/client/tensor_like.h"
#include "reflow/contrib/framework/arg_scope.h"
#include "reflow/layers/layer.h"
#include "reflow/layers/spatial_sizes.h"

namespace reflow::contrib::layers {

using framework::arg_scope;
using reflow::layers::Activation;
using reflow::layers::SpatialSizes;

// activation_fn(inputs * weights + biases); with a normaliser there are no biases.
struct FullyConnectedOptions {
  std::optional<Activation> activation_fn;  // default: relu; nullptr: none
  std::optional<Activation> normalizer_fn;
  std::optional<Initializer> weights_initializer;  // default: xavier_initializer()
  std::optional<Regularizer> weights_regularizer;
  std::optional<Initializer> biases_initializer;  // default: zeros; nullptr: no biases
  std::optional<Regularizer> biases_regularizer;
  std::optional<Reuse> reuse;
  std::optional<std::vector<std::string>> variables_collections, outputs_collections;
  std::optional<bool> trainable;
  std::string scope;
  auto fields() {
    return std::tie(activation_fn, normalizer_fn, weights_initializer, weights_regularizer, biases_initializer,
                    biases_regularizer, reuse, variables_collections, outputs_collections, trainable);
  }
};
Output fully_connected(const TensorLike& inputs, int64_t num_outputs, const FullyConnectedOptions& options = {});
Output linear(const TensorLike& inputs, int64_t num_outputs, FullyConnectedOptions options = {});

struct Conv2dOptions {
  std::optional<SpatialSizes> stride;      // default: 1
  std::optional<std::string> padding;      // default: "SAME"
  std::optional<std::string> data_format;  // default: "NHWC", and its kin of other ranks
  std::optional<SpatialSizes> rate;        // default: 1
  std::optional<Activation> activation_fn;  // default: relu; nullptr: none
  std::optional<Activation> normalizer_fn;
  std::optional<Initializer> weights_initializer;  // default: xavier_initializer()
  std::optional<Regularizer> weights_regularizer;
  std::optional<Initializer> biases_initializer;  // default: zeros; nullptr: no biases
  std::optional<Regularizer> biases_regularizer;
  std::optional<Reuse> reuse;
  std::optional<std::vector<std::string>> variables_collections, outputs_collections;
  std::optional<bool> trainable;
  std::string scope;
  auto fields() {
    return std::tie(stride, padding, data_format, rate, activation_fn, normalizer_fn, weights_initializer,
                    weights_regularizer, biases_initializer, biases_regularizer, reuse, variables_collections,
                    outputs_collections, trainable);
  }
};
// The convolution of sequences, pictures or volumes, with biases or a normaliser, and an activation.
// ValueError: "Convolution expects input with rank 4, got 3".
Output conv1d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options = {});
Output conv2d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options = {});
Output conv3d(const TensorLike& inputs, int64_t num_outputs, const SpatialSizes& kernel_size,
              const Conv2dOptions& options = {});

struct Pool2dOptions {
  std::optional<SpatialSizes> stride;      // default: 2
  std::optional<std::string> padding;      // default: "VALID"
  std::optional<std::string> data_format;  // default: "NHWC"
  std::optional<std::vector<std::string>> outputs_collections;
  std::string scope;
  auto fields() { return std::tie(stride, padding, data_format, outputs_collections); }
};
// The largest value, or the mean, of each window of pictures.
Output max_pool2d(const TensorLike& inputs, const SpatialSizes& kernel_size, const Pool2dOptions& options = {});
Output avg_pool2d(const TensorLike& inputs, const SpatialSizes& kernel_size, const Pool2dOptions& options = {});

struct BatchNormOptions {
  std::optional<double> decay;    // default: 0.999
  std::optional<bool> center;     // default: true
  std::optional<bool> scale;      // default: false
  std::optional<double> epsilon;  // default: 0.001
  std::optional<Activation> activation_fn;
  std::optional<TensorLike> is_training;  // default: true; a bool or a bool tensor
  std::optional<Reuse> reuse;
  std::optional<std::vector<std::string>> variables_collections, outputs_collections;
  std::optional<bool> trainable;
  std::optional<bool> fused;
  std::optional<std::string> data_format;  // default: "NHWC"
  std::string scope;
  auto fields() {
    return std::tie(decay, center, scale, epsilon, activation_fn, is_training, reuse, variables_collections,
                    outputs_collections, trainable, fused, data_format);
  }
};
// Normalises with the statistics of the batch or, not training, with their moving averages. Their updates are in the
// collection UPDATE_OPS. Inputs of rank 2 are normalised as pictures of one pixel by fused = true only.
Output batch_norm(const TensorLike& inputs, const BatchNormOptions& options = {});

struct LayerNormOptions {
  std::optional<bool> center, scale;  // default: true
  std::optional<Activation> activation_fn;
  std::optional<Reuse> reuse;
  std::optional<std::vector<std::string>> variables_collections, outputs_collections;
  std::optional<bool> trainable;
  std::optional<int> begin_norm_axis;    // default: 1
  std::optional<int> begin_params_axis;  // default: -1
  std::string scope;
  auto fields() {
    return std::tie(center, scale, activation_fn, reuse, variables_collections, outputs_collections, trainable,
                    begin_norm_axis, begin_params_axis);
  }
};
// Normalises each example over its dimensions from begin_norm_axis on. Ba and others, arXiv 1607.06450.
Output layer_norm(const TensorLike& inputs, const LayerNormOptions& options = {});

struct DropoutOptions {
  std::optional<double> keep_prob;  // default: 0.5
  std::optional<TensorLike> noise_shape;
  std::optional<TensorLike> is_training;  // default: true
  std::optional<std::vector<std::string>> outputs_collections;
  std::string scope;
  std::optional<int64_t> seed;
  auto fields() { return std::tie(keep_prob, noise_shape, is_training, outputs_collections); }
};
Output dropout(const TensorLike& inputs, const DropoutOptions& options = {});

struct FlattenOptions {
  std::optional<std::vector<std::string>> outputs_collections;
  std::string scope;
  auto fields() { return std::tie(outputs_collections); }
};
// All dimensions but the batch as one.
Output flatten(const TensorLike& inputs, const FlattenOptions& options = {});

struct OneHotEncodingOptions {
  std::optional<double> on_value, off_value;  // default: 1 and 0
  std::optional<std::vector<std::string>> outputs_collections;
  std::string scope;
  auto fields() { return std::tie(on_value, off_value, outputs_collections); }
};
Output one_hot_encoding(const TensorLike& labels, int64_t num_classes, const OneHotEncodingOptions& options = {});

struct EmbedSequenceOptions {
  std::optional<int64_t> vocab_size, embed_dim;
  std::optional<Initializer> initializer;
  std::optional<Regularizer> regularizer;
  std::optional<bool> trainable;
  std::string scope;
  std::optional<Reuse> reuse;
  auto fields() { return std::tie(vocab_size, embed_dim, initializer, regularizer, trainable, reuse); }
};
// The embeddings of `ids`, [batch, length]: [batch, length, embed_dim].
// ValueError: "Must specify vocab size and embedding dimension when not reusing. ...".
Output embed_sequence(const TensorLike& ids, const EmbedSequenceOptions& options = {});

// A layer several times, one after the other: layer(outputs, scope), in the scopes SCOPE/SCOPE_1, SCOPE/SCOPE_2, ..
// An empty `scope` is "Repeat", made unique, with `layer_name` within.
using ScopedLayer = std::function<Output(const Output& inputs, const std::string& scope)>;
Output repeat(const TensorLike& inputs, int repetitions, const ScopedLayer& layer, const std::string& scope = "",
              const std::string& layer_name = "repeat");

// The softmax along the last dimension, of inputs of any rank.
Output softmax(const TensorLike& logits, const std::string& scope = "");

}  // namespace reflow::contrib::layers
