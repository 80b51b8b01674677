// Loops over Python functions, and arrays of tensors.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "functions.h"
#include "reference.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/functional_ops.h"
#include "reflow/client/tensor_array.h"
#include "reflow/client/while_loop.h"

namespace reflow::python {
namespace {

nb::list tensors_object(const std::vector<Output>& tensors) {
  nb::list list;
  for (const Output& tensor : tensors) list.append(tensor_object(tensor));
  return list;
}

// A Python function of a list of tensors, which gives a list of what becomes tensors.
LoopBody list_function(nb::handle function) {
  return [function = Reference(function.ptr())](const std::vector<Output>& tensors) {
    const nb::gil_scoped_acquire gil;
    return list_from_python(nb::object(nb::handle(function.get())(tensors_object(tensors))));
  };
}

// One of two such lists.
FoldListFn fold_function(nb::handle function) {
  return [function = Reference(function.ptr())](const std::vector<Output>& accumulated,
                                                const std::vector<Output>& rows) {
    const nb::gil_scoped_acquire gil;
    return list_from_python(
        nb::object(nb::handle(function.get())(tensors_object(accumulated), tensors_object(rows))));
  };
}

std::vector<Output> run_while_loop(nb::handle cond, nb::handle body, nb::list loop_vars, nb::handle shape_invariants,
                                   int parallel_iterations, bool back_prop, bool swap_memory, nb::handle name,
                                   TensorLike maximum_iterations) {
  WhileLoopOptions options{.parallel_iterations = parallel_iterations, .back_prop = back_prop,
                           .swap_memory = swap_memory, .name = name_from_python(name),
                           .maximum_iterations = maximum_iterations};
  if (!shape_invariants.is_none()) {
    options.shape_invariants.emplace();
    for (nb::handle shape : shape_invariants) options.shape_invariants->push_back(shape_from_python(shape));
  }
  const LoopCondition condition = [function = Reference(cond.ptr())](const std::vector<Output>& tensors) {
    const nb::gil_scoped_acquire gil;
    return tensor_like_from_python(nb::object(nb::handle(function.get())(tensors_object(tensors))));
  };
  return while_loop(condition, list_function(body), list_from_python(loop_vars), options);
}

TensorArrayOptions array_options(bool dynamic_size, bool clear_after_read, nb::handle tensor_array_name, bool infer_shape,
                                 nb::handle element_shape, bool colocate, nb::handle name) {
  return {.dynamic_size = dynamic_size, .clear_after_read = clear_after_read,
          .tensor_array_name = string_from_python(tensor_array_name), .infer_shape = infer_shape,
          .element_shape = shape_from_python(element_shape), .colocate_with_first_write_call = colocate,
          .name = name_from_python(name)};
}

void bind_tensor_array(nb::module_& m) {
  nb::class_<TensorArray>(m, "TensorArrayHandle")
      .def_prop_ro("handle", [](TensorArray& a) { return a.handle(); })
      .def_prop_ro("flow", [](TensorArray& a) { return a.flow(); })
      .def_prop_ro("dtype", [](TensorArray& a) { return a.dtype(); })
      .def_prop_ro("dynamic_size", &TensorArray::dynamic_size)
      .def_prop_ro("infer_shape", &TensorArray::infer_shape)
      .def_prop_ro("element_shape", [](TensorArray& a) { return a.element_shape(); })
      .def("identity", &TensorArray::identity)
      .def("with_flow", [](TensorArray& a, Output flow) { return a.with_flow(flow); })
      .def("grad", [](TensorArray& a, const std::string& source, nb::handle flow, nb::handle name) {
        return a.grad(source, flow.is_none() ? std::nullopt : std::optional<Output>(output_from_python(flow)),
                      named(name));
      }, nb::arg(), nb::arg().none(), nb::arg().none())
      .def("read", [](TensorArray& a, TensorLike index, nb::handle name) { return a.read(index, named(name)); },
           nb::arg(), nb::arg().none())
      .def("write", [](TensorArray& a, TensorLike index, TensorLike value, nb::handle name) {
        return a.write(index, value, named(name));
      }, nb::arg(), nb::arg(), nb::arg().none())
      .def("stack", [](TensorArray& a, nb::handle name) { return a.stack(named(name)); }, nb::arg().none())
      .def("gather", [](TensorArray& a, TensorLike indices, nb::handle name) { return a.gather(indices, named(name)); },
           nb::arg(), nb::arg().none())
      .def("concat", [](TensorArray& a, nb::handle name) { return a.concat(named(name)); }, nb::arg().none())
      .def("unstack", [](TensorArray& a, TensorLike value, nb::handle name) { return a.unstack(value, named(name)); },
           nb::arg(), nb::arg().none())
      .def("scatter", [](TensorArray& a, TensorLike indices, TensorLike value, nb::handle name) {
        return a.scatter(indices, value, named(name));
      }, nb::arg(), nb::arg(), nb::arg().none())
      .def("split", [](TensorArray& a, TensorLike value, TensorLike lengths, nb::handle name) {
        return a.split(value, lengths, named(name));
      }, nb::arg(), nb::arg(), nb::arg().none())
      .def("size", [](TensorArray& a, nb::handle name) { return a.size(named(name)); }, nb::arg().none())
      .def("close", [](TensorArray& a, nb::handle name) { return a.close(named(name)); }, nb::arg().none());
  m.def("make_tensor_array", [](DType dtype, TensorLike size, bool dynamic_size, bool clear_after_read,
                                nb::handle tensor_array_name, bool infer_shape, nb::handle element_shape, bool colocate,
                                nb::handle name) {
    return TensorArray(dtype, size, array_options(dynamic_size, clear_after_read, tensor_array_name, infer_shape,
                                                  element_shape, colocate, name));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg(),
     nb::arg().none());
  m.def("tensor_array_of", [](DType dtype, Output handle, Output flow, bool dynamic_size, bool clear_after_read,
                              bool infer_shape, nb::handle element_shape, bool colocate) {
    return TensorArray::from_handle(dtype, handle, flow, array_options(dynamic_size, clear_after_read, nb::none(),
                                                                       infer_shape, element_shape, colocate, nb::none()));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
}

void bind_functional(nb::module_& m) {
  m.def("map_fn", [](nb::handle fn, nb::list elems, const std::vector<DType>& dtype, int parallel_iterations,
                     bool back_prop, bool swap_memory, bool infer_shape, nb::handle name) {
    return map_fn(MapListFn(list_function(fn)), list_from_python(elems),
                  {.dtype = dtype, .parallel_iterations = parallel_iterations, .back_prop = back_prop,
                   .swap_memory = swap_memory, .infer_shape = infer_shape, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  const auto def_fold = [&](const char* name, auto fold) {
    m.def(name, [fold](nb::handle fn, nb::list elems, nb::list initializer, int parallel_iterations, bool back_prop,
                       bool swap_memory, nb::handle op_name) {
      return fold(fold_function(fn), list_from_python(elems), list_from_python(initializer),
                  FoldOptions{.parallel_iterations = parallel_iterations, .back_prop = back_prop,
                              .swap_memory = swap_memory, .name = name_from_python(op_name)});
    }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  };
  using Fold = std::vector<Output> (*)(const FoldListFn&, const TensorList&, const TensorList&, const FoldOptions&);
  def_fold("foldl", static_cast<Fold>(foldl));
  def_fold("foldr", static_cast<Fold>(foldr));
  m.def("scan", [](nb::handle fn, nb::list elems, nb::list initializer, int parallel_iterations, bool back_prop,
                   bool swap_memory, bool infer_shape, bool reverse, nb::handle name) {
    return scan(fold_function(fn), list_from_python(elems), list_from_python(initializer),
                {.parallel_iterations = parallel_iterations, .back_prop = back_prop, .swap_memory = swap_memory,
                 .infer_shape = infer_shape, .reverse = reverse, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
}

}  // namespace

void bind_loops(nb::module_& m) {
  m.def("while_loop", run_while_loop, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg(),
        nb::arg().none(), nb::arg().none());
  m.def("assert_op", [](TensorLike condition, nb::handle data, int summarize, nb::handle name) {
    return Assert(condition, list_from_python(data), {.summarize = summarize, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("print_op", [](TensorLike input, nb::handle data, const std::string& message, int first_n, int summarize,
                       nb::handle name) {
    return Print(input, list_from_python(data), {.message = message, .first_n = first_n, .summarize = summarize,
                                                 .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  bind_tensor_array(m);
  bind_functional(m);
}

}  // namespace reflow::python
