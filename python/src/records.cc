// TFRecord files for lib/io/tf_record.py.

#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>

#include <memory>
#include <string>
#include <string_view>

#include "bindings.h"
#include "gil.h"
#include "reflow/client/status_errors.h"
#include "reflow/io/record_reader.h"
#include "reflow/io/record_writer.h"

namespace reflow::python {
namespace {

template <typename T>
T value_of(StatusOr<T> value) {
  errors::throw_if_error(value.status());
  return *std::move(value);
}

std::string_view bytes_of(nb::handle record) {
  if (!PyBytes_Check(record.ptr())) {
    PyErr_Format(PyExc_TypeError, "expected bytes, %s found", Py_TYPE(record.ptr())->tp_name);
    throw nb::python_error();
  }
  return {PyBytes_AS_STRING(record.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(record.ptr()))};
}

void bind_writer(nb::module_& m) {
  nb::class_<io::RecordWriter>(m, "RecordWriter")
      .def("write", [](io::RecordWriter& w, nb::handle record) { errors::throw_if_error(w.write(bytes_of(record))); },
           nb::arg().none())
      .def("flush", [](io::RecordWriter& w) { errors::throw_if_error(w.flush()); }, nb::call_guard<ReleasedGil>())
      .def("close", [](io::RecordWriter& w) { errors::throw_if_error(w.close()); },
           nb::call_guard<ReleasedGil>());
  // The options of zlib by name; those that aren't there have their defaults.
  m.def("open_record_writer", [](const std::string& path, const std::string& compression, nb::dict zlib) {
    io::RecordWriterOptions options{.compression = value_of(io::compression_from_name(compression))};
    const auto set = [&](const char* name, auto* option) {
      if (zlib.contains(name)) *option = nb::cast<std::decay_t<decltype(*option)>>(zlib[name]);
    };
    set("flush_mode", &options.zlib.flush_mode);
    set("window_bits", &options.zlib.window_bits);
    set("compression_level", &options.zlib.compression_level);
    set("compression_method", &options.zlib.compression_method);
    set("mem_level", &options.zlib.memory_level);
    set("compression_strategy", &options.zlib.compression_strategy);
    set("input_buffer_size", &options.zlib.buffer_bytes);
    return value_of(io::RecordWriter::open(path, options));
  });
}

void bind_reader(nb::module_& m) {
  nb::class_<io::RecordReader>(m, "RecordReader")
      // The next record; None at the end.
      .def("next", [](io::RecordReader& r) -> nb::object {
        std::string_view record;
        const Status status = r.next(&record);
        if (status.code() == StatusCode::kOutOfRange) return nb::none();
        errors::throw_if_error(status);
        return nb::bytes(record.data(), record.size());
      })
      .def("seek", [](io::RecordReader& r, uint64_t offset) { errors::throw_if_error(r.seek(offset)); })
      .def_prop_ro("offset", &io::RecordReader::offset);
  m.def("open_record_reader", [](const std::string& path, const std::string& compression) {
    return value_of(io::RecordReader::open(path, value_of(io::compression_from_name(compression))));
  });
}

}  // namespace

void bind_records(nb::module_& m) {
  bind_writer(m);
  bind_reader(m);
}

}  // namespace reflow::python
