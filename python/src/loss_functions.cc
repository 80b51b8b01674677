// The functions of ops/losses/.

#include "reflow/layers/losses.h"

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"

namespace reflow::python {
namespace {

std::optional<std::string> collection_from_python(nb::handle key) {
  return key.is_none() ? std::nullopt : std::optional<std::string>(string_from_python(key));
}

losses::LossOptions loss_options(TensorLike weights, nb::handle scope, nb::handle collection, nb::handle reduction) {
  return {.weights = weights, .scope = name_from_python(scope), .loss_collection = collection_from_python(collection),
          .reduction = reduction.is_none() ? std::string("None") : string_from_python(reduction)};
}

using Loss = Output (*)(const TensorLike&, const TensorLike&, const losses::LossOptions&);

void def_loss(nb::module_& m, const char* name, Loss loss) {
  m.def(name, [loss](TensorLike labels, TensorLike predictions, TensorLike weights, nb::handle scope,
                     nb::handle collection, nb::handle reduction) {
    return loss(labels, predictions, loss_options(weights, scope, collection, reduction));
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
}

// Those of a further number: `Options` is made of it by `with`.
template <typename Options, typename Extra>
void def_loss_with(nb::module_& m, const char* name,
                   Output (*loss)(const TensorLike&, const TensorLike&, const Options&), Extra Options::*extra) {
  m.def(name, [loss, extra](TensorLike labels, TensorLike predictions, TensorLike weights, Extra number,
                            nb::handle scope, nb::handle collection, nb::handle reduction) {
    Options options{loss_options(weights, scope, collection, reduction)};
    options.*extra = number;
    return loss(labels, predictions, options);
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none(),
     nb::arg().none());
}

}  // namespace

void bind_loss_functions(nb::module_& m) {
  nb::module_ losses_module = m.def_submodule("losses");
  nb::module_& l = losses_module;
  def_loss(l, "absolute_difference", losses::absolute_difference);
  def_loss(l, "mean_squared_error", losses::mean_squared_error);
  def_loss(l, "hinge_loss", losses::hinge_loss);
  def_loss(l, "sparse_softmax_cross_entropy", losses::sparse_softmax_cross_entropy);
  def_loss_with(l, "huber_loss", losses::huber_loss, &losses::HuberLossOptions::delta);
  def_loss_with(l, "log_loss", losses::log_loss, &losses::LogLossOptions::epsilon);
  def_loss_with(l, "sigmoid_cross_entropy", losses::sigmoid_cross_entropy, &losses::CrossEntropyOptions::label_smoothing);
  def_loss_with(l, "softmax_cross_entropy", losses::softmax_cross_entropy, &losses::CrossEntropyOptions::label_smoothing);
  l.def("compute_weighted_loss", [](TensorLike values, TensorLike weights, nb::handle scope, nb::handle collection,
                                    nb::handle reduction) {
    return losses::compute_weighted_loss(values, loss_options(weights, scope, collection, reduction));
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  l.def("cosine_distance", [](TensorLike labels, TensorLike predictions, std::optional<int> axis, TensorLike weights,
                              nb::handle scope, nb::handle collection, nb::handle reduction) {
    return losses::cosine_distance(labels, predictions, axis, loss_options(weights, scope, collection, reduction));
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(),
     nb::arg().none());
  l.def("mean_pairwise_squared_error", [](TensorLike labels, TensorLike predictions, TensorLike weights,
                                          nb::handle scope, nb::handle collection) {
    return losses::mean_pairwise_squared_error(labels, predictions,
                                               {.weights = weights, .scope = name_from_python(scope),
                                                .loss_collection = collection_from_python(collection)});
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  l.def("get_regularization_loss", [](nb::handle scope, nb::handle name) {
    return losses::get_regularization_loss(string_from_python(scope), string_from_python(name));
  }, nb::arg().none(), nb::arg().none());
  l.def("get_total_loss", [](bool add_regularization_losses, nb::handle name, nb::handle scope) {
    return losses::get_total_loss({.add_regularization_losses = add_regularization_losses,
                                   .name = name_from_python(name), .scope = name_from_python(scope)});
  }, nb::arg(), nb::arg().none(), nb::arg().none());
}

}  // namespace reflow::python
