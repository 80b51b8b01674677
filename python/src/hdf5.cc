// HDF5 files for lib/io/hdf5_file.py.

#include "hdf5.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>

#include <memory>
#include <string>

#include "array.h"
#include "conversion.h"
#include "functions.h"
#include "gil.h"
#include "reflow/client/status_errors.h"
#include "reflow/formats/hdf5_reader.h"
#include "reflow/formats/hdf5_writer.h"

namespace reflow::python {
namespace {

using formats::Hdf5Object;
using formats::Hdf5Reader;
using formats::Hdf5Value;
using formats::Hdf5Writer;

template <typename T>
T value_of(StatusOr<T> value) {
  errors::throw_if_error(value.status());
  return *std::move(value);
}

// (array, whether strings are of variable length, whether they are UTF-8)
nb::object to_python(StatusOr<Hdf5Value> value) {
  errors::throw_if_error(value.status());
  const bool variable = value->variable, utf8 = value->utf8;
  return nb::make_tuple(array_of_tensor(std::move(value->tensor)), variable, utf8);
}

Hdf5Value from_python(nb::handle array, bool variable, bool utf8) {
  return {.tensor = tensor_of_array(array.ptr()), .variable = variable, .utf8 = utf8};
}

// A name; bytes that are no UTF-8 become what os.fsdecode makes of them.
nb::object name_to_python(const std::string& name) {
  PyObject* const text = PyUnicode_DecodeUTF8(name.data(), static_cast<Py_ssize_t>(name.size()), "surrogateescape");
  if (!text) throw nb::python_error();
  return nb::steal(text);
}

void bind_reader(nb::module_& m) {
  nb::class_<Hdf5Object>(m, "Hdf5Object")
      .def_ro("is_group", &Hdf5Object::is_group)
      .def_prop_ro("members", [](const Hdf5Object& o) {
        nb::list names;
        for (const auto& member : o.members) names.append(name_to_python(member.first));
        return names;
      })
      .def_prop_ro("shape", [](const Hdf5Object& o) {
        nb::list dims;
        for (int i = 0; i < o.shape.rank(); ++i) dims.append(o.shape.dim(i));
        return nb::tuple(dims);
      })
      // As NumPy names it: "S5" for strings of one length, "O" for others.
      .def_prop_ro("dtype", [](const Hdf5Object& o) -> std::string {
        errors::throw_if_error(o.type.status());
        if (o.type->dtype != DType::kString) return std::string(dtype_name(o.type->dtype));
        return o.type->variable ? "O" : "S" + std::to_string(o.type->size);
      })
      .def_prop_ro("attributes", [](const Hdf5Object& o) {
        nb::list names;
        for (const auto& attribute : o.attributes) names.append(name_to_python(attribute.first));
        return names;
      })
      .def("attribute", [](const Hdf5Object& o, size_t i) { return to_python(o.attributes.at(i).second); });
  nb::class_<Hdf5Reader>(m, "Hdf5Reader")
      .def("find", [](const Hdf5Reader& r, const std::string& path) { return value_of(r.find(path)); })
      .def("member", [](const Hdf5Reader& r, const Hdf5Object& group, nb::handle name) {
        return value_of(r.member(group, string_from_python(name)));
      })
      .def("read", [](const Hdf5Reader& r, const Hdf5Object& dataset) {
        StatusOr<Hdf5Value> value = Hdf5Value();
        {
          const ReleasedGil released;
          value = r.read(dataset);
        }
        return to_python(std::move(value));
      });
  m.def("open_hdf5", [](const std::string& path) { return value_of(Hdf5Reader::open(path)); });
}

}  // namespace

void bind_hdf5(nb::module_& m) {
  bind_reader(m);
  nb::class_<Hdf5Writer>(m, "Hdf5Writer")
      .def(nb::init<>())
      .def("create_group", [](Hdf5Writer& w, const std::string& path) { errors::throw_if_error(w.create_group(path)); })
      .def("create_dataset", [](Hdf5Writer& w, const std::string& path, nb::handle array, bool variable, bool utf8) {
        errors::throw_if_error(w.create_dataset(path, from_python(array, variable, utf8)));
      })
      .def("set_attribute",
           [](Hdf5Writer& w, const std::string& path, const std::string& name, nb::handle array, bool variable, bool utf8) {
             errors::throw_if_error(w.set_attribute(path, name, from_python(array, variable, utf8)));
           })
      .def("finish", [](const Hdf5Writer& w, const std::string& file) {
        const ReleasedGil released;
        errors::throw_if_error(w.finish(file));
      });
}

}  // namespace reflow::python
