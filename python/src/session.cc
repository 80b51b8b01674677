// Sessions: feeds and fetches between NumPy and the engine, which runs without the GIL.

#include "reflow/client/session.h"

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "array.h"
#include "bindings.h"
#include "casters.h"
#include "gil.h"
#include "python_interrupt.h"
#include "reference.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/session_of_config.h"
#include "reflow/graph/graph.h"

namespace reflow::python {
namespace {

// Feeds of one run: the tensors, and the arrays whose memory they borrow.
struct Feeds {
  FeedDict dict;
  std::vector<nb::object> kept;
};

// TypeError: an int that the type can't hold.
void check_fits(nb::handle value, const Output& key) {
  const DType dtype = base_type(key.dtype());
  if (!PyLong_CheckExact(value.ptr()) || !is_integer(dtype)) return;
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  const int bits = 8 * dtype_size(dtype);
  const bool is_unsigned = dtype == DType::kUint8 || dtype == DType::kUint16 || dtype == DType::kUint32 ||
                           dtype == DType::kUint64;
  bool fits = !overflow;
  if (fits && is_unsigned) fits = number >= 0 && (bits == 64 || number < (1LL << bits));
  if (fits && !is_unsigned && bits < 64) fits = number >= -(1LL << (bits - 1)) && number < (1LL << (bits - 1));
  if (fits || (overflow > 0 && dtype == DType::kUint64)) return;
  const nb::object numpy_type = dtype_to_python(dtype).attr("as_numpy_dtype");
  throw TypeError(fmt::format("Type of feed value {} with type {} is not compatible with Tensor type {}. Try explicitly "
                              "setting the type of the feed tensor to a larger type (e.g. int64).",
                              nb::str(value).c_str(), nb::str(value.type()).c_str(), nb::str(numpy_type).c_str()));
}

void add_feed(const Output& key, nb::handle value, Feeds* feeds) {
  if (const Output* tensor = as_output(value.ptr())) {
    throw TypeError(fmt::format(
        "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, "
        "lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was {} which was passed to the feed "
        "with key {}.", client::python_tensor(*tensor), client::python_tensor(key)));
  }
  check_fits(value, key);
  nb::object keep;
  Tensor tensor = tensor_of_value(value.ptr(), key.dtype(), &keep);
  if (keep.is_valid()) feeds->kept.push_back(std::move(keep));
  if (!key.shape().compatible_with(tensor.shape())) {
    nb::list dims;
    for (const int64_t dim : tensor.shape()) dims.append(dim);
    throw ValueError(fmt::format("Cannot feed value of shape {} for Tensor {}, which has shape {}",
                                 nb::repr(nb::tuple(dims)).c_str(), client::python_repr(key.name()),
                                 client::python_repr(client::python_shape(key.shape()))));
  }
  feeds->dict.add(key, tensor);
}

// What a fetch or a key of feed_dict stands for directly; false: Python's side has to say.
bool simple_element(PyObject* object, const graph::Graph& graph, GraphElement* element) {
  if (const Output* output = as_output(object)) *element = *output;
  else if (const Operation* operation = as_operation(object)) *element = *operation;
  else if (const Variable* variable = as_variable(object)) *element = *variable;
  else return false;
  return &element->node()->graph() == &graph;
}

bool simple_feeds(nb::handle feed_dict, const graph::Graph& graph, Feeds* feeds) {
  if (feed_dict.is_none()) return true;
  if (!PyDict_CheckExact(feed_dict.ptr())) return false;
  PyObject *key, *value;
  Py_ssize_t position = 0;
  while (PyDict_Next(feed_dict.ptr(), &position, &key, &value)) {
    const Output* output = as_output(key);
    if (!output || &output->node()->graph() != &graph) return false;
    add_feed(*output, value, feeds);
  }
  return true;
}

nb::object result_object(const GraphElement& fetch, Tensor value) {
  if (fetch.is_operation()) return nb::none();
  return array_of_tensor(std::move(value));
}

// `run`, without the GIL; an error of it gives way to what a signal's handler has raised.
template <typename Run>
auto without_gil(Run run) {
  PythonInterrupt interrupt;
  try {
    const ReleasedGil released;
    return run();
  } catch (const errors::OpError&) {
    interrupt.rethrow();
    throw;
  }
}

struct SessionObject {
  Session session;
  nb::object graph;

  std::vector<Tensor> run(const std::vector<GraphElement>& fetches, const FeedDict& feeds) const {
    return without_gil([&] { return session.run(fetches, feeds); });
  }
};

nb::list result_list(const std::vector<GraphElement>& fetches, std::vector<Tensor> values) {
  nb::list list;
  for (size_t i = 0; i < values.size(); ++i) list.append(result_object(fetches[i], std::move(values[i])));
  return list;
}

// The run of a fetch, or a list of fetches, that need nothing of Python; NotImplemented: they do.
nb::object run_simple(SessionObject& self, nb::handle fetches, nb::handle feed_dict) {
  release_left_references();
  std::vector<GraphElement> elements;
  GraphElement element{Operation()};
  const graph::Graph& graph = self.session.graph().impl();
  const bool is_list = PyList_CheckExact(fetches.ptr());
  if (is_list) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(fetches.ptr()); ++i) {
      if (!simple_element(PyList_GET_ITEM(fetches.ptr(), i), graph, &element)) return nb::borrow(Py_NotImplemented);
      elements.push_back(element);
    }
  } else {
    if (!simple_element(fetches.ptr(), graph, &element)) return nb::borrow(Py_NotImplemented);
    elements.push_back(element);
  }
  Feeds feeds;
  if (!simple_feeds(feed_dict, graph, &feeds)) return nb::borrow(Py_NotImplemented);
  std::vector<Tensor> results = self.run(elements, feeds.dict);
  if (!is_list) return result_object(elements[0], std::move(results[0]));
  return result_list(elements, std::move(results));
}

Feeds feeds_of(const nb::list& pairs) {
  Feeds feeds;
  for (nb::handle pair : pairs) add_feed(output_from_python(pair[0]), pair[1], &feeds);
  return feeds;
}

// The values of elements, given feeds as a list of (tensor, value).
nb::list run_elements(SessionObject& self, const std::vector<GraphElement>& elements, const nb::list& feeds) {
  release_left_references();
  const Feeds fed = feeds_of(feeds);
  return result_list(elements, self.run(elements, fed.dict));
}

// The same with the options of a serialized RunOptions message: (values, serialized RunMetadata).
nb::tuple run_with_options(SessionObject& self, const std::vector<GraphElement>& elements, const nb::list& feeds,
                           nb::bytes options) {
  release_left_references();
  const Feeds fed = feeds_of(feeds);
  const RunOptions run_options = RunOptions::parse({options.c_str(), options.size()});
  RunMetadata metadata;
  std::vector<Tensor> results =
      without_gil([&] { return self.session.run(elements, fed.dict, run_options, &metadata); });
  const std::string told = metadata.serialize();
  return nb::make_tuple(result_list(elements, std::move(results)), nb::bytes(told.data(), told.size()));
}

nb::list partial_run(SessionObject& self, const std::string& handle, const std::vector<GraphElement>& elements,
                     const nb::list& feeds) {
  release_left_references();
  const Feeds fed = feeds_of(feeds);
  return result_list(elements, without_gil([&] { return self.session.partial_run(handle, elements, fed.dict); }));
}

// What make_callable gives for plain fetches: takes the values of its feed list by position.
struct CallableObject {
  Callable callable;
  std::vector<GraphElement> fetches;
  std::vector<Output> keys;
  bool is_list;
};

nb::object call(CallableObject& self, nb::args args) {
  release_left_references();
  if (args.size() != self.keys.size()) {
    throw TypeError(fmt::format("Callable takes {} arguments, got {}", self.keys.size(), args.size()));
  }
  Feeds feeds;
  std::vector<Tensor> values;
  for (size_t i = 0; i < args.size(); ++i) {
    nb::object keep;
    values.push_back(tensor_of_value(args[i].ptr(), self.keys[i].dtype(), &keep));
    if (keep.is_valid()) feeds.kept.push_back(std::move(keep));
  }
  std::vector<Tensor> results;
  without_gil([&] { self.callable.run(values, &results); });
  if (!self.is_list) return result_object(self.fetches[0], std::move(results[0]));
  return result_list(self.fetches, std::move(results));
}

}  // namespace

void bind_session(nb::module_& m) {
  nb::class_<CallableObject>(m, "Callable").def("__call__", call);
  nb::class_<SessionObject>(m, "SessionHandle")
      .def("__init__",
           [](SessionObject* self, const std::string& target, nb::object graph, std::optional<nb::bytes> config) {
             SessionOptions options;
             options.target = target;
             options.graph = as_graph(graph.ptr())->graph;
             const auto connect = [&] {
               const ReleasedGil released;
               return config ? session_of_config(options, {config->c_str(), config->size()}) : Session(options);
             };
             new (self) SessionObject{connect(), graph};
           },
           nb::arg("target"), nb::arg("graph"), nb::arg("config").none())
      .def_static("reset", [](const std::string& target, const std::vector<std::string>& containers, nb::bytes config) {
        const ReleasedGil released;
        reset_target(target, containers, {config.c_str(), config.size()});
      })
      .def("run", run_simple, nb::arg("fetches").none(), nb::arg("feed_dict").none())
      .def("run_elements", run_elements)
      .def("run_with_options", run_with_options)
      .def("partial_run_setup",
           [](SessionObject& self, const std::vector<GraphElement>& fetches, const std::vector<GraphElement>& feeds) {
             return without_gil([&] { return self.session.partial_run_setup(fetches, feeds); });
           })
      .def("partial_run", partial_run)
      .def("make_callable",
           [](SessionObject& self, const std::vector<GraphElement>& fetches, const std::vector<Output>& feed_list,
              bool is_list) {
             std::vector<GraphElement> feeds(feed_list.begin(), feed_list.end());
             return CallableObject{without_gil([&] { return self.session.make_callable(fetches, feeds); }), fetches,
                                   feed_list, is_list};
           })
      .def("close", [](SessionObject& self) {
        const ReleasedGil released;
        self.session.close();
      })
      .def("list_devices", [](SessionObject& self) {
        nb::list all;
        for (const SessionDevice& d : without_gil([&] { return devices_of(self.session); })) {
          all.append(nb::make_tuple(d.name, d.type, d.memory_limit_bytes, d.incarnation));
        }
        return all;
      });
}

}  // namespace reflow::python
