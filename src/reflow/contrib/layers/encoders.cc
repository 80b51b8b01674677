#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/contrib/layers/model_variables.h"
#include "reflow/layers/core.h"

namespace reflow::contrib::layers {

using framework::with_arg_scope;

Output dropout(const TensorLike& inputs, const DropoutOptions& given) {
  const DropoutOptions options = with_arg_scope(given);
  const auto run = [&](const VariableScope& scope) {
    const Output outputs = reflow::layers::dropout(convert_to_tensor(inputs),
                                                   {.rate = 1.0 - options.keep_prob.value_or(0.5),
                                                    .noise_shape = options.noise_shape.value_or(TensorLike()),
                                                    .seed = options.seed,
                                                    .training = options.is_training.value_or(true),
                                                    .scope = scope});
    return finished(outputs, options.outputs_collections, std::nullopt);
  };
  const VariableScopeOptions scoped = scope_options("Dropout", std::nullopt, model_variable_getter());
  if (options.scope.empty()) {
    const variable_scope scope(nullptr, scoped);
    return run(scope.scope());
  }
  const variable_scope scope(options.scope, scoped);
  return run(scope.scope());
}

Output flatten(const TensorLike& inputs, const FlattenOptions& given) {
  const FlattenOptions options = with_arg_scope(given);
  const name_scope scope(options.scope, "Flatten");
  return finished(reflow::layers::flatten(convert_to_tensor(inputs)), options.outputs_collections, std::nullopt);
}

Output one_hot_encoding(const TensorLike& labels, int64_t num_classes, const OneHotEncodingOptions& given) {
  const OneHotEncodingOptions options = with_arg_scope(given);
  const name_scope scope(options.scope, "OneHotEncoding");
  Output classes = convert_to_tensor(labels);
  if (classes.dtype() == DType::kInt32) classes = cast(classes, int64, {"ToInt64"});
  const Output outputs = one_hot(classes, num_classes,
                                 {.on_value = options.on_value.value_or(1.0), .off_value = options.off_value.value_or(0.0)});
  return finished(outputs, options.outputs_collections, std::nullopt);
}

Output embed_sequence(const TensorLike& ids, const EmbedSequenceOptions& given) {
  const EmbedSequenceOptions options = with_arg_scope(given);
  const bool reuses = options.reuse && !options.reuse->is_false();
  if (!reuses && (options.vocab_size.value_or(0) == 0 || options.embed_dim.value_or(0) == 0)) {
    const auto text = [](const std::optional<int64_t>& n) { return n ? std::to_string(*n) : std::string("None"); };
    throw ValueError(fmt::format("Must specify vocab size and embedding dimension when not reusing. Got vocab_size={} and "
                                 "embed_dim={}",
                                 text(options.vocab_size), text(options.embed_dim)));
  }
  const auto run = [&] {
    GetVariableOptions request{.initializer = options.initializer.value_or(Initializer()),
                               .regularizer = options.regularizer.value_or(nullptr),
                               .trainable = options.trainable.value_or(true)};
    const Variable embeddings =
        options.vocab_size && options.embed_dim
            ? model_variable("embeddings", Shape{*options.vocab_size, *options.embed_dim}, request, std::nullopt)
            : get_variable("embeddings", request);
    return nn::embedding_lookup(embeddings, ids);
  };
  if (options.scope.empty()) {
    const variable_scope scope(nullptr, scope_options("EmbedSequence", options.reuse));
    return run();
  }
  const variable_scope scope(options.scope, scope_options("EmbedSequence", options.reuse));
  return run();
}

Output repeat(const TensorLike& inputs, int repetitions, const ScopedLayer& layer, const std::string& scope,
              const std::string& layer_name) {
  const auto run = [&] {
    Output outputs = convert_to_tensor(inputs);
    const std::string& name = scope.empty() ? layer_name : scope;
    for (int i = 1; i <= repetitions; ++i) outputs = layer(outputs, fmt::format("{}_{}", name, i));
    return outputs;
  };
  if (scope.empty()) {
    const variable_scope scoped(nullptr, scope_options("Repeat", std::nullopt));
    return run();
  }
  const variable_scope scoped(scope);
  return run();
}

Output softmax(const TensorLike& logits, const std::string& scope) {
  const auto run = [&] {
    const Output x = convert_to_tensor(logits);
    const Shape shape = x.shape();
    if (!shape.known_rank() || shape.rank() < 2 || shape.dim(shape.rank() - 1) < 0) {
      throw ValueError("last dimension shape must be known but is None");
    }
    const Output flat = reshape(x, std::vector<int>{-1, static_cast<int>(shape.dim(shape.rank() - 1))});
    const Output rows = nn::softmax(flat);
    const Output predictions = reshape(rows, reflow::shape(x));
    predictions.set_shape(shape);
    return predictions;
  };
  if (scope.empty()) {
    const variable_scope scoped(nullptr, scope_options("softmax", std::nullopt));
    return run();
  }
  const variable_scope scoped(scope);
  return run();
}

}  // namespace reflow::contrib::layers
