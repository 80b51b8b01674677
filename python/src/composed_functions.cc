// Functions of several ops: contractions, grids, tables of embeddings, confusion matrices, weights.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/confusion_matrix.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/grid_ops.h"
#include "reflow/client/linear_ops.h"
#include "reflow/client/weights_broadcast.h"
#include "sparse.h"

namespace reflow::python {
namespace {

void bind_contractions(nb::module_& m) {
  def(m, "tensordot", static_cast<Ternary>(tensordot));
  m.def("einsum", [](const std::string& equation, nb::handle inputs, nb::handle name) {
    return einsum(equation, list_from_python(inputs), named(name));
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("matvec", [](TensorLike a, TensorLike b, bool transpose_a, bool adjoint_a, nb::handle name) {
    return matvec(a, b, {.transpose_a = transpose_a, .adjoint_a = adjoint_a, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("polyval", [](nb::handle coeffs, TensorLike x, nb::handle name) {
    return polyval(list_from_python(coeffs), x, named(name));
  }, nb::arg(), nb::arg(), nb::arg().none());
  def(m, "unsorted_segment_mean", static_cast<Ternary>(unsorted_segment_mean));
  def(m, "unsorted_segment_sqrt_n", static_cast<Ternary>(unsorted_segment_sqrt_n));
}

void bind_grids(nb::module_& m) {
  m.def("meshgrid", [](nb::handle arguments, const std::string& indexing, nb::handle name) {
    return meshgrid(list_from_python(arguments), {.indexing = indexing, .name = named(name, "meshgrid").name});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("repeat", [](TensorLike input, TensorLike repeats, TensorLike axis, nb::handle name) {
    return repeat(input, repeats, {.axis = axis, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("searchsorted", [](TensorLike sorted_sequence, TensorLike values, const std::string& side, DType out_type,
                           nb::handle name) {
    return searchsorted(sorted_sequence, values, {.side = side, .out_type = out_type, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  def(m, "batch_gather", static_cast<Binary>(batch_gather));
}

void bind_embeddings(nb::module_& m) {
  m.def("embedding_lookup", [](TensorLike params, TensorLike ids, nb::handle strategy, nb::handle name,
                               TensorLike max_norm) {
    return nn::embedding_lookup(params, ids, {.partition_strategy = string_from_python(strategy),
                                              .name = name_from_python(name), .max_norm = max_norm});
  }, nb::arg().none(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("embedding_lookup_sparse", [](TensorLike params, nb::handle ids, nb::handle weights, nb::handle strategy,
                                      nb::handle name, const std::string& combiner, TensorLike max_norm) {
    std::optional<SparseTensor> given;
    if (!weights.is_none()) given = sparse_from_python(weights);
    return nn::embedding_lookup_sparse(params, sparse_from_python(ids), given,
                                       {.partition_strategy = string_from_python(strategy),
                                        .name = name_from_python(name), .combiner = combiner, .max_norm = max_norm});
  }, nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
}

}  // namespace

void bind_composed_functions(nb::module_& m) {
  bind_contractions(m);
  bind_grids(m);
  bind_embeddings(m);
  m.def("confusion_matrix", [](TensorLike labels, TensorLike predictions, TensorLike num_classes, DType dtype,
                               nb::handle name, TensorLike weights) {
    return confusion_matrix(labels, predictions, {.num_classes = num_classes, .dtype = dtype,
                                                  .name = name_from_python(name), .weights = weights});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("remove_squeezable_dimensions", [](TensorLike labels, TensorLike predictions, int expected_rank_diff,
                                           nb::handle name) {
    const Squeezed squeezed = remove_squeezable_dimensions(labels, predictions, expected_rank_diff, named(name));
    return std::pair<Output, Output>(squeezed.labels, squeezed.predictions);
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("assert_broadcastable", [](TensorLike weights, TensorLike values) { return assert_broadcastable(weights, values); });
  m.def("broadcast_weights", [](TensorLike weights, TensorLike values) { return broadcast_weights(weights, values); });
}

}  // namespace reflow::python
